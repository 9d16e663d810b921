"""Format documents, results and errors for a terminal or a JSON file."""
