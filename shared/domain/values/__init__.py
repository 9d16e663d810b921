"""Values as documents print them: numbers, dates, currencies and text, read by the conventions of the document."""
