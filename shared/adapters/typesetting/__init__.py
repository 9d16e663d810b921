"""Typeset a flow as PDF pages with MuPDF and pass them to a Reader of PDFs; both run in child processes."""

from shared.adapters.typesetting.flow_layout import TypesettingLimits
from shared.adapters.typesetting.reader import TypesettingReader

__all__ = ["TypesettingLimits", "TypesettingReader"]
