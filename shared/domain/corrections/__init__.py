"""Check and apply the corrections of a person."""
