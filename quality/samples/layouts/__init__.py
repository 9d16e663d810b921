"""Ways to lay out the same invoice, as different companies would, and a shop's receipt."""
