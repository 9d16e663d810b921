"""Documents that the project makes itself: invoices and receipts of invented companies, with their answers.

`python -m quality.samples OUT_DIR` writes `files/`, `awkward/` and `labels.jsonl`. The same inputs give the same files,
so what is committed under samples/ can be checked against what the generator says.
"""
