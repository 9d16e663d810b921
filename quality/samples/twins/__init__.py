"""Pairs of documents: clean ones that must be read without a finding, and defective ones that must not pass unnoticed.

`python -m quality.samples.twins OUT_DIR` writes two labelled sets, `clean/` and `defective/`. Each topic names a way in
which documents are misread; a topic has clean documents, and most have a defective counterpart.
"""
