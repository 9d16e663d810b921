"""What the stages work with: the ports, the document types and the limits."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from shared.document_types.library import TypeLibrary
from shared.domain.documents.document import UploadPolicy
from shared.domain.uploads.containers import DEFAULT_CONTAINER
from shared.pipeline.local_files.copies import Copies
from shared.pipeline.models.gateway.context import ModelContext
from shared.pipeline.priority import Traffic
from shared.ports.events import Events
from shared.ports.passwords import Passwords
from shared.ports.reading import EmbeddedDataReader, Pictures, Reader, Sniffer, TextRecognizer
from shared.ports.unpacking import Unpacker


@dataclass(frozen=True, kw_only=True)
class IntakeContext(ModelContext):
    """What admitting a file takes: local copies, format detection, the document types.

    `readers` and `unpackers` by media type. `recognizer` None: OCR is switched off. `containers`: of uploads, with
    their rules.
    """

    copies: Copies
    sniffer: Sniffer
    types: TypeLibrary
    readers: Mapping[str, Reader]
    unpackers: Mapping[str, Unpacker]
    recognizer: TextRecognizer | None
    containers: Mapping[str, UploadPolicy] = field(default_factory=lambda: {DEFAULT_CONTAINER: UploadPolicy()})


@dataclass
class TagSupport:
    """Whether outcomes are shown as index tags: as it is set, until the storage account turns out to have none."""

    enabled: bool = True


@dataclass(frozen=True, kw_only=True)
class Context(IntakeContext):
    """Everything a stage may use. `embedded_data_readers` by media type; `passwords` None: none are known."""

    events: Events
    pictures: Pictures
    passwords: Passwords | None
    embedded_data_readers: Mapping[str, EmbeddedDataReader] = field(default_factory=dict)
    traffic: Traffic = field(default_factory=Traffic)
    tag_support: TagSupport = field(default_factory=TagSupport)
