"""Interpret a PDF page: its words, its painting, its styles."""
