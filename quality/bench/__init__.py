"""Measuring parts of Intray by themselves: one module a benchmark."""
