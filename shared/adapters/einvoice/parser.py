"""An e-invoice as a flow: its terms with their labels, its rows as a table, and below what no term covers."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from shared.adapters.einvoice.terms import Element, Parsed, is_einvoice, parse, value_of
from shared.domain.content.blocks import Cell, Flow, Paragraph, Table, is_number
from shared.domain.types.einvoice import Term, TermGroup, Vocabulary
from shared.ports.reading import Parser, SourceFile

_BINARY = "BinaryObject"
"""Elements whose name ends so hold a file in base64 (BT-125)."""


@dataclass(frozen=True)
class EInvoiceParser:
    """A Parser of XML: e-invoices as a person would lay them out, any other XML as `fallback` does."""

    vocabulary: Vocabulary
    fallback: Parser

    def __call__(self, file: SourceFile) -> Flow:
        """Return the content of the file; raises Unreadable (`unreadable`)."""
        if is_einvoice(str(file.path), self.vocabulary):
            return _flow(parse(file.path.read_bytes(), self.vocabulary))
        return self.fallback(file)


def _flow(parsed: Parsed) -> Flow:
    """Return every text of the e-invoice once: head, tables, sums, and the rest by the names of its elements."""
    shown: set[Element] = set()
    terms = parsed.vocabulary.terms
    yield Paragraph(parsed.root_type.title, level=1)
    yield from _facts(parsed, {name: term for name, term in terms.items() if not term.foot}, shown)
    for group in parsed.vocabulary.groups.values():
        yield from _table(parsed, group, shown)
    yield from _facts(parsed, {name: term for name, term in terms.items() if term.foot}, shown)
    yield from _rest(parsed.root, shown)


def _facts(parsed: Parsed, terms: Mapping[str, Term], shown: set[Element]) -> Flow:
    rows = []
    for term in terms.values():
        places = parsed.places(parsed.root, term)
        shown.update(places)
        rows += [[Cell(f"{term.title}:"), Cell(value)] for value in parsed.values(parsed.root, term)]
    if rows:
        yield Table(rows)


def _table(parsed: Parsed, group: TermGroup, shown: set[Element]) -> Flow:
    """Return the rows of a group under the titles of the terms that any row has."""
    rows = parsed.rows(group)
    cells = [{name: ", ".join(parsed.values(row, term)) for name, term in group.terms.items()} for row in rows]
    for row in rows:
        for term in group.terms.values():
            shown.update(parsed.places(row, term))
    used = [name for name in group.terms if any(row[name] for row in cells)]
    if used:
        yield Paragraph(group.title, level=2)
        head = [Cell(group.terms[name].title) for name in used]
        yield Table([head, *([Cell(row[name], is_number(row[name])) for name in used] for row in cells)], header=0)


def _rest(root: Element, shown: set[Element]) -> Flow:
    """Return the texts that no term covers, under the names of their elements; files are named, not shown."""
    left = (element for element in root.iter() if element not in shown and not len(element) and value_of(element))
    lines = Counter(_describe_element(element) for element in left)
    if lines:
        yield Paragraph("Also in the file", level=2)
    for line, times in lines.items():
        yield Paragraph(line if times == 1 else f"{line} ({times} times)")


def _describe_element(element: Element) -> str:
    """Return the text of an element behind its parent's name and its own; a file's name for a file."""
    names = [node.tag for node in (element.getparent(), element) if node is not None]
    binary = element.tag.endswith(_BINARY)
    text = f"(a file: {element.get('filename', 'without a name')})" if binary else value_of(element)
    return f"{' / '.join(names)}: {text}"
