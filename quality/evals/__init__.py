"""How well Intray reads: loaders of labelled sets, scorers, and the accuracy table."""
