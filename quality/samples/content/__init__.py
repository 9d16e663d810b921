"""What the sample documents say, before any layout."""
