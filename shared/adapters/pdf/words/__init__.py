"""Group the words of a PDF page into lines."""
