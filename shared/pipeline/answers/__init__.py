"""Combine the answers of page ranges into one reading of a document."""
