"""E-invoices: their business terms, and what one says: a second reading of a document that owes nothing to its page."""

import re
from typing import Literal

from shared.domain.base.frozen import Frozen
from shared.domain.base.stored import Stored

Syntax = Literal["cii", "ubl"]
EMBEDDED_NAMES = frozenset(
    {
        "factur-x.xml",  # Factur-X 1.0 and ZUGFeRD 2.1 and later
        "zugferd-invoice.xml",  # ZUGFeRD 2.0, and 1.0, which writes it ZUGFeRD-invoice.xml
        "xrechnung.xml",  # ZUGFeRD 2.1 and later, profile XRECHNUNG
        "order-x.xml",  # Order-X 1.0: orders, order changes and order responses
    }
)
"""Names of the attachment that is the PDF's own content as data, in lower case.

Source: ZUGFeRD 2.3 / Factur-X 1.07, section "Embedding of the XML in PDF/A-3"; Order-X 1.0, the same section.
"""
EINVOICE_NAMESPACES = frozenset(
    {
        "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100",
        "urn:ferd:CrossIndustryDocument:invoice:1p0",
        "urn:un:unece:uncefact:data:SCRDMCCBDACIOMessageStructure:100",
        "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2",
        "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2",
    }
)
"""The namespaces of the root elements of e-invoices, those of the vocabulary."""
_HEAD_BYTES = 64 << 10
_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_ROOT = re.compile(r"\W{0,4}?(?:\s*<\?.*?\?>|\s*<!--.*?-->)*\s*<[A-Za-z_][^>]*>", re.DOTALL)
_NAMESPACE = re.compile(r"""xmlns(?::[\w.-]+)?\s*=\s*["']([^"']+)["']""")
CREDIT_NOTES = frozenset({"261", "262", "296", "308", "381", "396", "420", "458", "532"})
"""Codes of BT-3 (UNTDID 1001) whose amounts are credited: positive in the XML, often negative on the page."""


class Term(Frozen):
    """A business term of EN 16931 (`BT-…`): by syntax the XPaths of its value, of which the first that finds counts.

    `title` and `foot` (below the tables) are for showing it on a page.
    """

    title: str
    paths: dict[Syntax, tuple[str, ...]]
    foot: bool = False


class TermGroup(Frozen):
    """A business group that repeats (`BG-…`): by syntax the XPaths of its elements, and its terms from there."""

    title: str
    paths: dict[Syntax, tuple[str, ...]]
    terms: dict[str, Term]


class Root(Frozen):
    """A root element by which an e-invoice is known."""

    title: str
    syntax: Syntax


class Vocabulary(Frozen):
    """How e-invoices say their business terms. `roots`: by `{namespace}name`. `renames`: elements of older versions."""

    roots: dict[str, Root]
    renames: dict[str, str]
    terms: dict[str, Term]
    groups: dict[str, TermGroup]


Terms = dict[str, tuple[str, ...]]
"""The values of business terms by id, dates as YYYY-MM-DD, else as the XML writes them; no term without a value."""


class SecondReading(Stored):
    """What the e-invoice `source` (the attachment's name) says, or the `problem` that kept it from being read."""

    source: str
    title: str = ""
    terms: Terms = {}
    groups: dict[str, tuple[Terms, ...]] = {}
    problem: str | None = None


def is_einvoice_content(data: bytes) -> bool:
    """Return whether bytes are an e-invoice: the root element of XML, by its namespace, whatever the file is called."""
    head = data[:_HEAD_BYTES].removeprefix(b"\xef\xbb\xbf")
    text = head.decode("utf-16", "replace") if head.startswith(_UTF_16_MARKS) else head.decode("latin-1")
    root = _ROOT.match(text)
    return root is not None and any(namespace in EINVOICE_NAMESPACES for namespace in _NAMESPACE.findall(root[0]))


def is_einvoice_name(name: str) -> bool:
    """Whether an attachment of a PDF with this name is the document itself as data, not a document of its own."""
    return name.strip().lower() in EMBEDDED_NAMES
