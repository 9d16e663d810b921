"""Lines, labels, amounts and identifiers in the text of pages."""
