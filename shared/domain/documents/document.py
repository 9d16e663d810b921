"""A Document: one uploaded version of a file, and the rules of the container that it was uploaded to."""

import hashlib
import re
from datetime import datetime

from shared.domain.base.stored import Stored
from shared.domain.reading.page_range import PageRange

_ID = re.compile(r"d[0-9a-f]{24}")


class UploadPolicy(Stored):
    """The rules under which an upload was received; everything that comes out of it has them too.

    `document_type`: of every file; None: the folder names it, or a model finds it. `data_zone`: only deployments of
    this zone may see the document; None: any. `retention_days`: days after its end at which everything about it is
    deleted, 0: never, None: as elsewhere. `reviewer_group`: whose cases these are; None: everybody's.
    """

    document_type: str | None = None
    data_zone: str | None = None
    retention_days: int | None = None
    reviewer_group: str | None = None


class Document(Stored):
    """One uploaded version of a file: container + name + ETag. Never changes; what happens to it is in its Runs.

    A child came out of another file, the Document `parent`; `depth` counts the files around it. A Part is a child that
    is some `pages` of its parent's file, and has that file's container, name and ETag. `policy`: the rules of the
    container that the upload lies in; `uploaded_to`: of a child, the name of that container.
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
    pages: PageRange | None = None
    policy: UploadPolicy = UploadPolicy()
    uploaded_to: str | None = None

    @property
    def title(self) -> str:
        """What a person calls it: its name, and of a Part which pages it is."""
        return f"{self.name} (pages {self.pages.first}-{self.pages.last})" if self.pages else self.name

    @property
    def upload_container(self) -> str:
        """The container that the upload lies in, of a file inside a file too."""
        return self.uploaded_to or self.container

    @property
    def folder(self) -> str | None:
        """The first folder of the name: the document type, when it names one."""
        head, slash, _ = self.name.partition("/")
        return head if slash else None


def document_id(container: str, name: str, etag: str, pages: PageRange | None = None) -> str:
    """Return the id of a version of a file, or of some of its pages (24 hex digits after a `d`).

    It is made of what it stands for, so that a repeated event is the same Document.
    """
    key = "\n".join((container, name, etag.strip('"'), *([pages.name] if pages else [])))
    return "d" + hashlib.sha256(key.encode()).hexdigest()[:24]


def is_document_id(text: str) -> bool:
    """Return whether `text` has the form of a Document's id."""
    return _ID.fullmatch(text) is not None
