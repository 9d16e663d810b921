"""Draw text and pictures on PDF pages."""
