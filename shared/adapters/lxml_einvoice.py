"""Reads e-invoices with lxml, in a child process: the values of their business terms, found by XPath."""

from collections.abc import Mapping, Sequence
from typing import Any

from shared.domain.einvoice import SecondReading, Syntax, Term, Terms, Vocabulary
from shared.domain.errors import Unreadable
from shared.ports.isolation import Isolation
from shared.ports.reading import Attachment, EInvoiceSource, SourceFile

type _Element = Any
"""An element of lxml, which is published without types."""

MAX_BYTES = 50_000_000
"""Larger than any e-invoice that makes sense, attachments of its own included; the child's memory is bounded too."""
_COMPACT_DATE = "102"
"""UNTDID 2379: YYYYMMDD."""


class LxmlEInvoices:
    """A SecondReader of the e-invoice that `source` finds in a file."""

    def __init__(self, isolation: Isolation, vocabulary: Vocabulary, source: EInvoiceSource) -> None:
        self._isolation = isolation
        self._vocabulary = vocabulary
        self._source = source

    async def read(self, file: SourceFile) -> SecondReading | None:
        """What the file's e-invoice says; one that cannot be read has a `problem`; None when the file has none."""
        name = ""
        try:
            found = await self._source.einvoice(file)
            if found is None:
                return None
            name = found.name
            return await self._isolation.run(read_terms, found, self._vocabulary)
        except Unreadable as failure:
            return SecondReading(source=name, problem=str(failure))


def read_terms(einvoice: Attachment, vocabulary: Vocabulary) -> SecondReading:
    """The business terms of an e-invoice; raises Unreadable (`unreadable`, `too_large`, `unsupported`)."""
    root = _parsed(einvoice.data)
    known = vocabulary.roots.get(str(root.tag))
    if known is None:
        raise Unreadable("unsupported", "The XML is of no kind of e-invoice that Intray knows (CII or UBL).")
    _plain(root, vocabulary.renames)
    currency = _values(root, vocabulary.terms["BT-5"], known.syntax, "")[:1]
    groups = {
        name: tuple(_terms(element, group.terms, known.syntax, *currency) for element in elements)
        for name, group in vocabulary.groups.items()
        if (elements := _elements(root, group.paths[known.syntax]))
    }
    terms = _terms(root, vocabulary.terms, known.syntax, *currency)
    return SecondReading(source=einvoice.name, title=known.title, terms=terms, groups=groups)


def _parsed(data: bytes) -> _Element:
    """The root element. No entity is expanded, nothing is loaded, and a document type declaration is refused."""
    from lxml import etree

    if len(data) > MAX_BYTES:
        raise Unreadable("too_large", f"The e-invoice has {len(data)} bytes, more than {MAX_BYTES:,}.")
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise Unreadable("unreadable", "The e-invoice is not well-formed XML.") from None
    if root.getroottree().docinfo.doctype:
        raise Unreadable("unreadable", "The e-invoice has a document type declaration, which none may have.")
    return root


def _plain(root: _Element, renames: Mapping[str, str]) -> None:
    """Take the namespaces off, and give elements of older versions their present names."""
    from lxml import etree

    for element in root.iter(etree.Element):
        local = etree.QName(element).localname
        element.tag = renames.get(local, local)


def _terms(element: _Element, terms: Mapping[str, Term], syntax: Syntax, currency: str = "") -> Terms:
    found = {name: _values(element, term, syntax, currency) for name, term in terms.items()}
    return {name: values for name, values in found.items() if values}


def _values(element: _Element, term: Term, syntax: Syntax, currency: str) -> tuple[str, ...]:
    """The distinct values of a term. An amount in another currency counts only where none is in the invoice's own."""
    found = _found(element, term.paths[syntax])
    own = [one for one in found if isinstance(one, str) or one.get("currencyID", currency) == currency]
    return tuple(dict.fromkeys(value for one in own or found if (value := _value(one))))


def _elements(element: _Element, paths: Sequence[str]) -> list[_Element]:
    return [one for one in _found(element, paths) if not isinstance(one, str)]


def _found(element: _Element, paths: Sequence[str]) -> list[_Element | str]:
    """The elements, or attributes' values, of the first path that finds any."""
    from lxml import etree

    for path in paths:
        found: list[_Element | str] = etree.XPath(path)(element)
        if found:
            return found
    return []


def _value(found: _Element | str) -> str:
    """The text of an element or attribute, white space as single spaces; a compact date as YYYY-MM-DD."""
    if isinstance(found, str):
        return " ".join(found.split())
    text = " ".join("".join(found.itertext()).split())
    compact = found.get("format") == _COMPACT_DATE and len(text) == 8 and text.isdigit()  # noqa: PLR2004 - YYYYMMDD
    return f"{text[:4]}-{text[4:6]}-{text[6:]}" if compact else text
