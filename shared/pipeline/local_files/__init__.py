"""Keep local copies of uploads and temporary folders within limits."""
