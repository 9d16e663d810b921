"""Extract: classify a file, split packets, and ask models for the fields."""
