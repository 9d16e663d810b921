"""Pages and lines, and what they show about the document."""
