"""Read image files, straighten scans, encode pictures for models."""
