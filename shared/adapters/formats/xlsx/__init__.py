"""Parse XLSX with openpyxl, and what openpyxl leaves out of a sheet: drawings, form controls, headers and footers."""

from shared.adapters.formats.xlsx.parser import parse_xlsx

__all__ = ["parse_xlsx"]
