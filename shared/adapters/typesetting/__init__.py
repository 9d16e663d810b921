"""Make pages of a flow with MuPDF and hands them to a Reader of PDFs; parses and sets in child processes."""

from shared.adapters.typesetting.reader import TypesettingReader
from shared.adapters.typesetting.setter import TypesettingLimits

__all__ = ["TypesettingLimits", "TypesettingReader"]
