"""Parse DOCX: python-docx opens the package, its parts and styles; the text is walked, as python-docx skips some."""

from shared.adapters.formats.docx.parse import parse_docx

__all__ = ["parse_docx"]
