"""Reads PDFs with PyMuPDF, which runs in child processes: it holds the GIL and crashes on some hostile files."""

from shared.adapters.pymupdf_reader.attachments import PyMuPDFEInvoice
from shared.adapters.pymupdf_reader.members import pdf_entries
from shared.adapters.pymupdf_reader.reader import PyMuPDFReader

__all__ = ["PyMuPDFEInvoice", "PyMuPDFReader", "pdf_entries"]
