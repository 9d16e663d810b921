"""Answer model requests with the rule reader."""
