"""What is measured inside a worker process of the local host: CPU by stage and category, and every HTTP request."""
