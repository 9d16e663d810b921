"""Read the entries of forms by their captions."""
