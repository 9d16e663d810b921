"""`intray bench`: what parts of Intray cost, measured by themselves."""
