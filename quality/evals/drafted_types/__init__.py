"""Draft document types for labelled sets that have none."""
