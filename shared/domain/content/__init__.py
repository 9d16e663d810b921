"""Content blocks of files without pages: paragraphs, tables, pictures."""
