"""Check the structure of a PDF file: page tree, revisions, damage."""
