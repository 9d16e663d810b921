"""Validate: check a reading against its pages, its rules and a reasoning model."""
