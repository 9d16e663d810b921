"""Read PDFs with PyMuPDF, which runs in child processes: it holds the GIL and crashes on some hostile files."""

from shared.adapters.pdf.attachments import PyMuPDFEInvoice
from shared.adapters.pdf.members import pdf_entries
from shared.adapters.pdf.reader import PyMuPDFReader

__all__ = ["PyMuPDFEInvoice", "PyMuPDFReader", "pdf_entries"]
