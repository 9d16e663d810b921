"""The `intray types` commands."""
