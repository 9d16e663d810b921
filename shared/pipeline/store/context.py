"""What the store works with: the storage ports, and the limits of documents and steps."""

from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from shared.domain.reading.ocr_need import Ceiling
from shared.ports.blobs import Blobs
from shared.ports.clock import Clock
from shared.ports.queues import Queues
from shared.ports.records import Records

WORK = "work"
"""The container of artifacts: pages, answers, drafts. Everything in it can be made again."""


@dataclass(frozen=True)
class Limits:
    """Bounds of a Document, a request, a step. Bytes, pages, pixels, dollars, deferrals. `retention` None: no end.

    `malware_wait`: how long an upload waits for its malware verdict; None: it does not.
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
    malware_wait: timedelta | None = None
    max_waits: int = 500
    step_seconds: float = 600
    longest_wait: timedelta = timedelta(minutes=5)


class Deferrals(NamedTuple):
    """What deferring a message needs, and nothing else: it works while the rest of the configuration is broken."""

    queues: Queues
    max_waits: int
    longest_wait: timedelta


@dataclass(frozen=True, kw_only=True)
class StoreContext:
    """The storage that every stage uses.

    `results`: the container of results; `unpacked`: the container of files that were inside other files;
    `storage_url`: the URL of the storage account.
    """

    blobs: Blobs
    queues: Queues
    records: Records
    clock: Clock
    limits: Limits
    results: str
    unpacked: str
    storage_url: str
