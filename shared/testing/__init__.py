"""In-memory twins of every port, for tests that need no service. tests/conformance holds them to the real ones."""
