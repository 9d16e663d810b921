"""A Document: one uploaded version of a file."""

import hashlib
import re
from datetime import datetime

from shared.domain.frozen import Frozen

_ID = re.compile(r"d[0-9a-f]{24}")


class Document(Frozen):
    """One uploaded version of a file: container + name + ETag. Never changes; what happens to it is in its Runs.

    A child came out of another file, the Document `parent`; `depth` counts the files around it.
    """

    id: str
    container: str
    name: str
    etag: str
    size: int
    uploaded: datetime
    received: datetime
    parent: str | None = None
    depth: int = 0

    @property
    def folder(self) -> str | None:
        """The first folder of the name: the document type, when it names one."""
        head, slash, _ = self.name.partition("/")
        return head if slash else None


def document_id(container: str, name: str, etag: str) -> str:
    """The id of a version of a file, so that a repeated event is the same Document (24 hex digits after a `d`)."""
    key = "\n".join((container, name, etag.strip('"')))
    return "d" + hashlib.sha256(key.encode()).hexdigest()[:24]


def is_document_id(text: str) -> bool:
    """Whether `text` has the form of a Document's id."""
    return _ID.fullmatch(text) is not None
