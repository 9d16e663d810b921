"""Export of spans, metrics and log events: to an OTLP endpoint, or to Application Insights."""
