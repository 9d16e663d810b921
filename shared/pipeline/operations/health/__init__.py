"""Whether a deployment works, and what waits in it."""
