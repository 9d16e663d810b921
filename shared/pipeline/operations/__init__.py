"""Operate the pipeline: sweep, replay, forget, status, poison messages."""
