"""Collect evidence after a chaos run and audit it."""
