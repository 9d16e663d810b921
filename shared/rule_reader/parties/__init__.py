"""Find the parties of a document: names and addresses."""
