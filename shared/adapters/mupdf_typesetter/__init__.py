"""Makes pages of a flow with MuPDF and hands them to a Reader of PDFs; parses and sets in child processes."""

from shared.adapters.mupdf_typesetter.reader import TypesettingReader
from shared.adapters.mupdf_typesetter.setter import TypesettingLimits

__all__ = ["TypesettingLimits", "TypesettingReader"]
