"""Send files through a temporary local cloud and collect their results."""
