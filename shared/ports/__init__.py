"""Small Protocols: what the core needs from the world. Each has a twin in `shared/testing` and a conformance suite."""
