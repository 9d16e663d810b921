"""Read: turn a file into pages of lines, or into the files it holds."""
