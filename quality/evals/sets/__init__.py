"""Load labelled sets and predictions."""
