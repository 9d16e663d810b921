"""Model requests, answers and deployments."""
