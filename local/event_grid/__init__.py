"""A local stand-in for Azure Event Grid: topics, subscriptions, delivery, and storage as an event source."""
