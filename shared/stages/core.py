"""What the stages work with: the ports, the document types and the limits."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import NamedTuple

from shared.document_types.library import TypeLibrary
from shared.domain.reading import Ceiling
from shared.ports.blobs import Blobs
from shared.ports.clock import Clock
from shared.ports.events import Events
from shared.ports.passwords import Passwords
from shared.ports.queues import Queues
from shared.ports.reading import Pictures, Reader, SecondReader, Sniffer, TextRecognizer
from shared.ports.records import Records
from shared.ports.unpacking import Unpacker
from shared.stages.copies import Copies
from shared.stages.finished_ranges import FinishedRangesByRun
from shared.stages.gateway import Gateway
from shared.stages.traffic import Traffic

WORK = "work"
"""The container of artefacts: pages, answers, drafts. Everything in it can be made again."""


@dataclass(frozen=True)
class Limits:
    """Bounds of a Document, a request, a step. Bytes, pages, pixels, dollars, deferrals. `retention` None: no end.

    `max_document_calls` and `max_document_cost` are for each 20 pages that a Document begins (see spending).
    """

    max_bytes: int = 500_000_000
    max_pages: int = 5_000
    max_members: int = 1_000
    max_unpacked_bytes: int = 1_000_000_000
    max_unpack_ratio: int = 200
    max_nesting: int = 3
    read_range: int = 24
    extract_range: int = 8
    classify_pages: int = 3
    pictured_pages: int = 50
    ocr_ceiling: Ceiling = Ceiling(2000)
    max_output_tokens: int = 16_000
    max_document_calls: int = 100
    max_document_cost: float = 2.0
    stalled_after: timedelta = timedelta(minutes=5)
    lease: timedelta = timedelta(minutes=15)
    retention: timedelta | None = None
    max_waits: int = 500
    step_seconds: float = 600
    longest_wait: timedelta = timedelta(minutes=5)


class Deferrals(NamedTuple):
    """What deferring a message needs, and nothing else: it works while the rest of the configuration is broken."""

    queues: Queues
    max_waits: int
    longest_wait: timedelta


@dataclass(frozen=True)
class Core:
    """Everything a stage may use. `readers`, `second_readers` and `unpackers` by media type.

    `recognizer` None: OCR is switched off; `passwords` None: none are known.
    """

    blobs: Blobs
    copies: Copies
    queues: Queues
    records: Records
    events: Events
    gateway: Gateway
    readers: Mapping[str, Reader]
    unpackers: Mapping[str, Unpacker]
    pictures: Pictures
    recognizer: TextRecognizer | None
    passwords: Passwords | None
    sniffer: Sniffer
    clock: Clock
    types: TypeLibrary
    limits: Limits
    results: str
    unpacked: str
    storage_url: str
    second_readers: Mapping[str, SecondReader] = field(default_factory=dict)
    traffic: Traffic = field(default_factory=Traffic)
    finished_ranges: FinishedRangesByRun = field(default_factory=FinishedRangesByRun)
