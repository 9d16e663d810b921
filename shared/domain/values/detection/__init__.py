"""Detect the number, date and currency conventions of a document."""
