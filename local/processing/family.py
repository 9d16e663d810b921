"""Group documents with the files that they came from."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from shared.pipeline.operations.status import DocumentStatus


class Placed(NamedTuple):
    """A document, and how deep below the one that was uploaded it is shown."""

    status: DocumentStatus
    depth: int


def in_families(statuses: Iterable[DocumentStatus]) -> Iterator[Placed]:
    """Yield each document followed by its children, in the order of its members; the uploads in the order given.

    A child whose parent is not among the documents stands by itself.
    """
    listed = list(statuses)
    ids = {status.document.id for status in listed}
    below: defaultdict[str, list[DocumentStatus]] = defaultdict(list)
    for status in sorted(listed, key=_place):
        if status.document.parent is not None:
            below[status.document.parent].append(status)
    for status in listed:
        if status.document.parent not in ids:
            yield from _walk_family(status, 0, below)


def family(document: str, statuses: Mapping[str, DocumentStatus]) -> list[DocumentStatus]:
    """Return a document, when it is known, and everything that came out of it."""
    return [
        placed.status for placed in in_families(statuses.values()) if _comes_from(placed.status, document, statuses)
    ]


def has_settled(document: str, statuses: Mapping[str, DocumentStatus]) -> bool:
    """Return whether a document and all that came out of it have their outcomes; a child not seen yet is waited for."""
    members = family(document, statuses)
    parents = [status.document.parent for status in members]
    return bool(members) and all(
        status.run.is_settled and parents.count(status.document.id) >= status.run.children for status in members
    )


def _place(status: DocumentStatus) -> tuple[str, int]:
    """Return the sort key: the name, and for Parts of one file their first page."""
    document = status.document
    return document.name, document.pages.first if document.pages else 0


def _walk_family(status: DocumentStatus, depth: int, below: Mapping[str, list[DocumentStatus]]) -> Iterator[Placed]:
    yield Placed(status, depth)
    for child in below.get(status.document.id, ()):
        yield from _walk_family(child, depth + 1, below)


def _comes_from(status: DocumentStatus, document: str, statuses: Mapping[str, DocumentStatus]) -> bool:
    while status.document.id != document:
        parent = statuses.get(status.document.parent or "")
        if parent is None:
            return False
        status = parent
    return True
