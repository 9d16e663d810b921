"""Evaluate the rules of document types and check identifiers."""
