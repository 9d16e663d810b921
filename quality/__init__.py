"""Measure Intray: evaluations, benchmarks, chaos tests and the documents they use."""
