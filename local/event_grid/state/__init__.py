"""Store events, deliveries and subscriptions, and define their schemas and configuration."""
