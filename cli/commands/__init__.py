"""One module per command of `intray`."""
