"""Deliver events to subscribers: queues, retries, dead letters, webhooks."""
