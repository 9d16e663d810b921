"""Frozen types and pure rules: no I/O, nothing but the standard library and pydantic."""
