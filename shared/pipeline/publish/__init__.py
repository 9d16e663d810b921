"""Publish: relay events from the outbox to the topic."""
