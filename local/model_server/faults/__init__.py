"""Faults of the stand-in model server: a script of failures, and answers with wrong or missing parts."""
