"""Errors, findings, and the base classes of domain types."""
