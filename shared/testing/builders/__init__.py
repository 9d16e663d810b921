"""Build pages and evaluation records for tests."""
