"""Detect file formats and parse office, web and text files into content blocks."""
