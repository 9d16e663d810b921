"""A small OpenTelemetry collector: receives OTLP over HTTP, keeps spans, metrics and log events in files."""
