"""The side of the reader that runs in a child: the values of an e-invoice's business terms, found by XPath."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from shared.adapters.base.charsets import recode_xml
from shared.domain.base.errors import Unreadable
from shared.domain.types.einvoice import Root, SecondReading, Term, TermGroup, Terms, Vocabulary
from shared.ports.reading import Attachment

type Element = Any
"""An element of lxml, which is published without types."""

MAX_BYTES = 50_000_000
"""Larger than any e-invoice that makes sense, attachments of its own included; the child's memory is bounded too."""
_COMPACT_DATE = "102"
"""UNTDID 2379: YYYYMMDD."""


class Parsed(NamedTuple):
    """An e-invoice, its names as the vocabulary has them, and what is found in it."""

    root: Element
    root_type: Root
    currency: str
    vocabulary: Vocabulary

    def values(self, element: Element, term: Term) -> tuple[str, ...]:
        """Return the distinct values of a term."""
        return tuple(dict.fromkeys(value for place in self.places(element, term) if (value := value_of(place))))

    def places(self, element: Element, term: Term) -> list[Element | str]:
        """Return where a term stands: elements, or attributes' values.

        An amount in another currency counts only where none is in the invoice's own.
        """
        nodes = _find_first(element, term.paths[self.root_type.syntax])
        own = [
            node for node in nodes if isinstance(node, str) or node.get("currencyID", self.currency) == self.currency
        ]
        return own or nodes

    def rows(self, group: TermGroup) -> list[Element]:
        """Return the elements of a group."""
        return [
            node for node in _find_first(self.root, group.paths[self.root_type.syntax]) if not isinstance(node, str)
        ]


def read_terms(einvoice: Attachment, vocabulary: Vocabulary) -> SecondReading:
    """Return the business terms of an e-invoice; raises Unreadable (`unreadable`, `too_large`, `unsupported`)."""
    parsed = parse(einvoice.data, vocabulary)
    groups = {
        name: tuple(_terms(parsed, element, group.terms) for element in rows)
        for name, group in vocabulary.groups.items()
        if (rows := parsed.rows(group))
    }
    terms = _terms(parsed, parsed.root, vocabulary.terms)
    return SecondReading(source=einvoice.name, title=parsed.root_type.title, terms=terms, groups=groups)


def parse(data: bytes, vocabulary: Vocabulary) -> Parsed:
    """Return the e-invoice; raises Unreadable (`unreadable`, `too_large`, `unsupported`)."""
    root = _root(data)
    root_type = vocabulary.roots.get(str(root.tag))
    if root_type is None:
        raise Unreadable("unsupported", "The XML is of no kind of e-invoice that Intray knows (CII or UBL).")
    _normalize_tags(root, vocabulary.renames)
    currencies = _find_first(root, vocabulary.terms["BT-5"].paths[root_type.syntax])
    return Parsed(root, root_type, value_of(currencies[0]) if currencies else "", vocabulary)


def is_einvoice(path: str, vocabulary: Vocabulary) -> bool:
    """Return whether the file's root element is an e-invoice's; it is read no further."""
    from lxml import etree

    with Path(path).open("rb") as file:
        try:
            starts = etree.iterparse(file, events=("start",), resolve_entities=False, no_network=True)
            return next((element.tag in vocabulary.roots for _, element in starts), False)
        except etree.XMLSyntaxError:
            return False


def value_of(node: Element | str) -> str:
    """Return the text of an element or attribute, white space as single spaces; a compact date as YYYY-MM-DD."""
    if isinstance(node, str):
        return " ".join(node.split())
    text = " ".join("".join(node.itertext()).split())
    compact = node.get("format") == _COMPACT_DATE and len(text) == 8 and text.isdigit()  # noqa: PLR2004 - YYYYMMDD
    return f"{text[:4]}-{text[4:6]}-{text[6:]}" if compact else text


def _root(data: bytes) -> Element:
    """Return the root element. No entity is expanded, nothing is loaded, and a document type declaration is refused."""
    from lxml import etree

    if len(data) > MAX_BYTES:
        raise Unreadable("too_large", f"The e-invoice has {len(data)} bytes, more than {MAX_BYTES:,}.")
    recoded, is_utf8 = recode_xml(data)
    parser = etree.XMLParser(
        encoding="utf-8" if is_utf8 else None,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(recoded, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise Unreadable("unreadable", "The e-invoice is not well-formed XML.") from None
    if root.getroottree().docinfo.doctype:
        raise Unreadable("unreadable", "The e-invoice has a document type declaration, which none may have.")
    return root


def _normalize_tags(root: Element, renames: Mapping[str, str]) -> None:
    """Take the namespaces off, and give elements of older versions their present names."""
    from lxml import etree

    for element in root.iter(etree.Element):
        local = etree.QName(element).localname
        element.tag = renames.get(local, local)


def _terms(parsed: Parsed, element: Element, terms: Mapping[str, Term]) -> Terms:
    values_by_name = {name: parsed.values(element, term) for name, term in terms.items()}
    return {name: values for name, values in values_by_name.items() if values}


def _find_first(element: Element, paths: Sequence[str]) -> list[Element | str]:
    """Return the elements, or attributes' values, of the first path that finds any."""
    from lxml import etree

    for path in paths:
        matches: list[Element | str] = etree.XPath(path)(element)
        if matches:
            return matches
    return []
