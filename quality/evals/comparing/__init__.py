"""Compare predicted values with labelled ones."""
