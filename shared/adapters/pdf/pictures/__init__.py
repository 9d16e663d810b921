"""Render PDF pages and extract their pictures."""
