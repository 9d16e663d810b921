"""Recognize text in pictures."""
