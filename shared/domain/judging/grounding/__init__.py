"""Find values on pages."""
