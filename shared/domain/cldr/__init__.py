"""What Unicode's CLDR says of languages, countries and currencies, as far as documents need it."""
