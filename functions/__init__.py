"""Triggers only: bind, parse, one call, reply."""
