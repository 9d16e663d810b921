"""Decide which words of a PDF page a reader sees."""
