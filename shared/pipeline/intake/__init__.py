"""Intake: make an uploaded version of a file a Document, and admit it."""
