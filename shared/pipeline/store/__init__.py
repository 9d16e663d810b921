"""Store runs, artifacts, members and results; send queue messages."""
