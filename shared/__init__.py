"""Everything in Intray that thinks; the triggers in `functions/` only call it."""
