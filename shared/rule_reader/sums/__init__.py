"""Choose the sums of a document by their arithmetic."""
