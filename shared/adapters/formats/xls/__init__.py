"""Parse XLS (Excel 97 to 2003, and older) with xlrd, and what xlrd leaves out: drawings, page headers, charts."""

from shared.adapters.formats.xls.parser import parse_xls

__all__ = ["parse_xls"]
