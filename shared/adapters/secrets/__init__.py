"""Read passwords of encrypted documents."""
