"""Publish events."""
