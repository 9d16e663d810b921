"""Review: lease cases to people and apply their corrections."""
