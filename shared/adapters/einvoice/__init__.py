"""Read e-invoices with lxml, in child processes: as business terms, and as a flow that can be set on pages."""

from shared.adapters.einvoice.parser import EInvoiceParser
from shared.adapters.einvoice.reader import LxmlEInvoiceFile, LxmlEInvoices

__all__ = ["EInvoiceParser", "LxmlEInvoiceFile", "LxmlEInvoices"]
