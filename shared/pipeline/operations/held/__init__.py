"""Held documents are tried again when what they wait for is there."""
