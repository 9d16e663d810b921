"""Drafts of document types: from sample documents, and from Pydantic models."""
