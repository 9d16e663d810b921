"""Verify who calls."""
