"""Check extracted values against pages, rules and earlier documents."""
