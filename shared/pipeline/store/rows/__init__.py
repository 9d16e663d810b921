"""The table rows that the store is made of."""
