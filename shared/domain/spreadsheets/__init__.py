"""Show stored numbers and dates of spreadsheets as a person sees them."""
