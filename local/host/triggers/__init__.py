"""Listen for what triggers functions: blobs, queues, timers, HTTP and webhooks."""
