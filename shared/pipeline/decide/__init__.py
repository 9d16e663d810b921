"""Decide: accept a result or send it to review."""
