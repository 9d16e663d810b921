"""Parse PPTX with python-pptx: a page for each slide, its shapes from the top, its notes below."""

from shared.adapters.formats.pptx.parse import parse_pptx

__all__ = ["parse_pptx"]
