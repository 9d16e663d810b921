"""Field specifications, and the values that fit them."""
