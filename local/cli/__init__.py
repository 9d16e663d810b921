"""The `intray` command."""
