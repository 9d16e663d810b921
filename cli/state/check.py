"""Check that this version reads what a deployment keeps: rows and artifacts, with the loaders of the code."""

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from shared.domain.base.errors import UnreadableRecord
from shared.domain.base.stored import load_json, load_stored
from shared.domain.documents.artifact_names import AGAIN, CHOICE, DRAFT, EXTRACTION, MEMBERS, SECOND_READING, SURVEY
from shared.domain.documents.document import Document
from shared.domain.documents.extraction import Extraction
from shared.domain.documents.result import Result, Survey
from shared.domain.documents.review import ReviewTask
from shared.domain.documents.run import Run
from shared.domain.documents.task import TaskDone
from shared.domain.documents.waiting import Waiting
from shared.domain.judging.answers import RangeAnswer
from shared.domain.types.einvoice import SecondReading
from shared.domain.values.conventions import Conventions
from shared.pipeline.answers.page_choice import Choice
from shared.pipeline.extract.untyped import TriedTypes
from shared.pipeline.intake.malware import UnscannedUpload
from shared.pipeline.intake.reconciliation import DEPLOYED, PARTITION, Position
from shared.pipeline.intake.versions import UploadFacts
from shared.pipeline.models.gateway.gateway import ANSWERS, PAID, PaidRequest, StoredAnswer
from shared.pipeline.models.gateway.single_flight import RequestClaim
from shared.pipeline.store.artifacts import RUNS, PageGroup
from shared.pipeline.store.context import WORK
from shared.pipeline.store.members import Manifest, ReservedQuota
from shared.pipeline.store.rows.active import Mark
from shared.pipeline.store.rows.audit import Audit, CallerAction
from shared.pipeline.store.rows.keys import ACTIVE, CATALOG, DOCUMENTS, REVIEWS, UNSCANNED, UNTYPED
from shared.pipeline.store.rows.outbox import OutboxRow
from shared.ports.blobs import Blobs
from shared.ports.records import Record, Records

type Loader = type[BaseModel] | TypeAdapter[Any]
_TIME: TypeAdapter[datetime] = TypeAdapter(datetime)
_OWNER: TypeAdapter[str] = TypeAdapter(str)
_ANYTHING: TypeAdapter[Any] = TypeAdapter(Any)
DOCUMENT_ROWS: dict[str, Loader] = {
    "document": Document,
    "run-": Run,
    "audit-": Audit,
    "action-": CallerAction,
    "event-": OutboxRow,
    "done-": TaskDone,
    "finished-": TaskDone,
    "review-": ReviewTask,
    "members-": ReservedQuota,
    "wait-": Waiting,
    "unique-": _ANYTHING,
    "exhausted-": _ANYTHING,
}
"""What a row of a Document's partition holds, by the beginning of its key."""
CATALOG_ROWS: dict[str, Loader] = {
    f"{ACTIVE}/": Mark,
    f"{REVIEWS}/": ReviewTask,
    f"{UNTYPED}/": TriedTypes,
    "upload-": UploadFacts,
    "content-": _OWNER,
    "unique-": _OWNER,
    "request-": RequestClaim,
    f"{UNSCANNED}/": UnscannedUpload,
    PARTITION: Position,
}
"""What a row of the catalog holds, by the beginning of partition/key."""
ARTIFACTS: dict[str, Loader] = {
    "pages/": PageGroup,
    "extract/": RangeAnswer,
    f"{AGAIN}/": RangeAnswer,
    EXTRACTION: Extraction,
    SURVEY: Survey,
    SECOND_READING: SecondReading,
    "conventions": Conventions,
    CHOICE: Choice,
    MEMBERS: Manifest,
    DRAFT: Result,
    "final-": Result,
    "check/": _ANYTHING,
    "": _ANYTHING,
}
"""What an artifact of a Run holds, by the beginning of its name; of others only that they are JSON."""


@dataclass
class Report:
    """What was read, by table or folder; where values are that cannot be read, are newer, or are of no known sort."""

    read: Counter[str] = field(default_factory=Counter)
    unreadable: list[str] = field(default_factory=list)
    newer: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    def check(self, sort: str, place: str, body: str | bytes, loader: Loader | None) -> None:
        """Read a value, and note what is wrong with it."""
        self.read[sort] += 1
        if loader is None:
            self.unknown.append(place)
            return
        try:
            value = _load(loader, body)
        except (UnreadableRecord, ValidationError):
            self.unreadable.append(place)
            return
        if isinstance(value, BaseModel) and any(_unknown_fields(value)):
            self.newer.append(place)


async def check_state(blobs: Blobs, records: Records, sample: int) -> Report:
    """Read every row and, of `sample` Documents, the artifacts of their latest Run and the answers they paid for."""
    report, checked = Report(), 0
    async for row in records.list_by_key(DOCUMENTS, ""):
        report.check(DOCUMENTS, f"{row.partition}/{row.key}", row.body, _by_prefix(DOCUMENT_ROWS, row.key))
    async for row in records.list_by_key(CATALOG, ""):
        place = f"{row.partition}/{row.key}"
        loader = _TIME if row.key == DEPLOYED else _by_prefix(CATALOG_ROWS, place)
        report.check(CATALOG, place, _quoted(row), loader)
    async for row in records.list_by_key(DOCUMENTS, "document"):
        if checked == sample:
            break
        checked += 1
        await _check_artifacts(blobs, row.partition, report)
    return report


async def _check_artifacts(blobs: Blobs, document_id: str, report: Report) -> None:
    names = [name async for name in blobs.names(WORK, f"{RUNS}/{document_id}/") if name.endswith(".json")]
    latest = max((name.split("/")[2] for name in names), default="")
    for name in names:
        _, _, number, rest = name.split("/", 3)
        if number == latest and (body := await blobs.read(WORK, name)) is not None:
            report.check(WORK, name, body, _by_prefix(ARTIFACTS, rest.removesuffix(".json")))
    async for note, answer in _paid(blobs, document_id):
        for name, loader in ((note, PaidRequest), (answer, StoredAnswer)):
            if body := await blobs.read(WORK, name):
                report.check(ANSWERS, name, body, loader)


async def _paid(blobs: Blobs, document_id: str) -> AsyncIterator[tuple[str, str]]:
    """Yield the names of the notes of a Document's requests, each with that of its answer."""
    async for name in blobs.names(WORK, f"{PAID}/{document_id}/"):
        yield name, f"{ANSWERS}/{name.rsplit('/', 1)[-1]}.json"


def _quoted(row: Record) -> str:
    """Return the body of a row as JSON: the first start of the app is a bare time."""
    return f'"{row.body}"' if row.key == DEPLOYED else row.body


def _by_prefix(loaders: dict[str, Loader], name: str) -> Loader | None:
    return next((loader for prefix, loader in loaders.items() if name.startswith(prefix)), None)


def _load(loader: Loader, body: str | bytes) -> object:
    if isinstance(loader, TypeAdapter):
        return loader.validate_python(load_json(body))
    return load_stored(loader, body)


def _unknown_fields(value: object) -> Iterator[str]:
    """Yield the names of fields of a later version, at every depth."""
    if isinstance(value, BaseModel):
        yield from value.model_extra or ()
        for name in type(value).model_fields:
            yield from _unknown_fields(getattr(value, name))
    elif isinstance(value, dict):
        for item in value.values():
            yield from _unknown_fields(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _unknown_fields(item)
