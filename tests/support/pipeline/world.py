"""A whole Intray driven through the same steps as the triggers: over in-memory twins, or over other storage."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from functions.steps import run_step
from shared.document_types.library import TypeLibrary
from shared.domain.documents.run import Run
from shared.domain.documents.task import StageMessage
from shared.domain.models.catalogue import Catalogue, Deployment
from shared.domain.models.model_call import ModelAnswer, ModelCall, TextPart
from shared.domain.types.document_type import DocumentType
from shared.pipeline.context import Context
from shared.pipeline.decide.decide import decide
from shared.pipeline.extract.extract import extract
from shared.pipeline.intake.ingest import receive
from shared.pipeline.local_files.copies import Copies
from shared.pipeline.models.gateway.gateway import Gateway
from shared.pipeline.models.gateway.single_flight import SingleFlight
from shared.pipeline.operations.status import load_detail
from shared.pipeline.publish.publish import publish
from shared.pipeline.read.read import read
from shared.pipeline.review.review import open_review
from shared.pipeline.store.context import Limits
from shared.pipeline.store.runs import load
from shared.pipeline.validate.row_questions import check
from shared.pipeline.validate.validate import validate
from shared.ports.blobs import Blobs
from shared.ports.passwords import Passwords
from shared.ports.queues import Queues
from shared.ports.reading import SourcePage
from shared.ports.records import Records
from shared.ports.unpacking import Unpacker
from shared.testing.blobs import MemoryBlobs
from shared.testing.builders.evaluations import with_record
from shared.testing.clock import FixedClock
from shared.testing.events import MemoryEvents
from shared.testing.models import ModelScript, ScriptedModels
from shared.testing.queues import MemoryQueues
from shared.testing.reading import ScriptedPictures, ScriptedReader, ScriptedRecognizer, ScriptedSniffer
from shared.testing.records import MemoryRecords
from tests.support.pipeline.note import ANSWERS, CATALOGUE, NOTE, ONE_PAGE, PAGE

__all__ = ["ANSWERS", "CATALOGUE", "NOTE", "ONE_PAGE", "PAGE"]

STEPS: dict[str, Callable[[Context, StageMessage], Awaitable[object]]] = {
    "read": read,
    "read-ranges": read,
    "extract": extract,
    "extract-ranges": extract,
    "validate": validate,
    "check": check,
    "decide": decide,
    "publish": publish,
    "review": open_review,
}


class Inbox(Queues, Protocol):
    """Queues, and the receiving that is the Functions host's work; see MemoryQueues."""

    def receive(self, queue: str) -> str | None: ...

    def remove(self, queue: str, body: str) -> None: ...

    def bodies(self, queue: str) -> list[str]: ...

    def next_visible(self) -> datetime | None: ...


class Storage(Protocol):
    """Where a World keeps everything. `contents`: each blob (container, name) and row (table, partition, key)."""

    @property
    def blobs(self) -> Blobs: ...

    @property
    def queues(self) -> Inbox: ...

    @property
    def records(self) -> Records: ...

    async def contents(self) -> set[tuple[str, ...]]: ...


class Twins:
    """Storage in memory."""

    def __init__(self, clock: FixedClock) -> None:
        self.blobs = MemoryBlobs(clock)
        self.queues = MemoryQueues(clock)
        self.records = MemoryRecords()

    async def contents(self) -> set[tuple[str, ...]]:
        rows = {(table, *place) for table, held in self.records._tables.items() for place in held}
        return rows | set(self.blobs._blobs)


def media_type(data: bytes) -> str:
    """A file that begins with PK is a ZIP, one that begins with a subject a mail, any other a PDF."""
    if data.startswith(b"Subject:"):
        return "message/rfc822"
    return "application/zip" if data.startswith(b"PK") else "application/pdf"


@dataclass
class World:
    """The Core with what it works on in reach."""

    context: Context
    storage: Storage
    events: MemoryEvents
    models: ScriptedModels
    clock: FixedClock

    @property
    def blobs(self) -> Blobs:
        return self.storage.blobs

    @property
    def queues(self) -> Inbox:
        return self.storage.queues

    @property
    def records(self) -> Records:
        return self.storage.records

    def deploy(self, *deployments: Deployment) -> None:
        """Replace the catalogue by these deployments, under which the types in force count as evaluated."""
        catalogue = Catalogue(deployments=deployments)
        self.context = replace(self.context, gateway=replace(self.context.gateway, catalogue=catalogue))
        self.context.types.own = {name: with_record(kind, catalogue) for name, kind in self.context.types.own.items()}

    async def drop(self, name: str = "note/a.pdf", data: bytes = b"%PDF a") -> str:
        """Upload a file and tell of it once; the Document's id."""
        await self.blobs.write("incoming", name, data, "application/pdf")
        return await receive(self.context, "incoming", name)

    async def step(self) -> bool:
        """Deliver one visible message; False when there is none."""
        for queue, step in STEPS.items():
            body = self.queues.receive(queue)
            if body is not None:
                await run_step(self.context, queue, body.encode(), step)
                return True
        return False

    async def settle(self) -> None:
        """Deliver messages, moving the clock on to delayed ones, until none is left."""
        for _ in range(1000):
            if not await self.step():
                visible = self.queues.next_visible()
                if visible is None:
                    return
                self.clock.advance(visible - self.clock.now())
        message = "the messages never end"
        raise AssertionError(message)

    async def run(self, document_id: str) -> Run:
        """The Run of a Document, which must exist."""
        snapshot = await load(self.context, document_id)
        assert snapshot is not None
        return snapshot.run

    async def result(self, document_id: str) -> dict[str, Any]:
        """The Result of a Document as JSON, which must exist."""
        found = await load_detail(self.context, document_id)
        assert found is not None
        assert found.result is not None
        body: dict[str, Any] = found.result.model_dump(mode="json")
        return body

    async def kept(self) -> set[tuple[str, ...]]:
        """Every blob and row that speaks of a Document: not the ledger of model requests, nor what types say."""
        places = await self.storage.contents()
        return {place for place in places if not place[1].startswith(("request-", "types/"))}

    def told(self) -> list[str]:
        """The names of the published events, in order."""
        return [event.name for event in self.events.published]


def answer(call: ModelCall) -> str:
    """The scripted answer to a call, by its schema."""
    return json.dumps(_usual(call))


def _usual(call: ModelCall) -> Any:
    """The answer of ANSWERS; of a check the verdicts on those fields that are asked about."""
    body = ANSWERS.get(call.schema_name)
    if not call.schema_name.startswith("verify_") or body is None:
        return body
    asked = call.json_schema["properties"]["verdicts"]["items"]["properties"]["field"]["enum"]
    return {"verdicts": [verdict for verdict in body["verdicts"] if verdict["field"] in asked]}


def answering(**changed: Any) -> ModelScript:
    """A script that answers as usual but for some schemas: with other JSON, with a ModelAnswer, or by a function."""

    def script(call: ModelCall) -> ModelAnswer | str:
        given = changed.get(call.schema_name, _usual(call))
        if callable(given):
            given = given(call)
        return given if isinstance(given, ModelAnswer) else json.dumps(given)

    return script


def quoted_pages(call: ModelCall) -> list[int]:
    """The numbers of the pages whose lines a call quotes."""
    texts = [part.text for part in call.parts if isinstance(part, TextPart) and "<documents>" in part.text]
    return [json.loads(row)["page"] for row in texts[0].splitlines()[1:-1]]


def library(
    blobs: Blobs, clock: FixedClock, types: Sequence[DocumentType], catalogue: Catalogue = CATALOGUE
) -> TypeLibrary:
    """A system that came with these types, whose thresholds were evaluated with the `catalogue`.

    Others may be added in the container `document-types`.
    """
    own = {kind.name: with_record(kind.with_version(), catalogue) for kind in types}
    return TypeLibrary(blobs, clock, own, "document-types", "work")


def make_world(
    pages: Sequence[SourcePage] | Callable[[bytes], Sequence[SourcePage]] = ONE_PAGE,
    script: ModelScript = answer,
    recognizer: ScriptedRecognizer | None = None,
    passwords: Passwords | None = None,
    types: Sequence[DocumentType] = (NOTE,),
    storage: Callable[[FixedClock], Storage] = Twins,
    unpackers: Mapping[str, Unpacker] | None = None,
    **limits: Any,
) -> World:
    """A World whose every file has `pages`, and whose models answer by `script`."""
    clock = FixedClock()
    kept, events, models = storage(clock), MemoryEvents(), ScriptedModels(script)
    context = Context(
        blobs=kept.blobs,
        copies=Copies(kept.blobs, 1 << 30),
        queues=kept.queues,
        records=kept.records,
        events=events,
        gateway=Gateway(models, kept.blobs, "work", CATALOGUE, SingleFlight(kept.records, clock)),
        readers={"application/pdf": ScriptedReader(pages)},
        unpackers=unpackers or {},
        pictures=ScriptedPictures(),
        recognizer=recognizer,
        passwords=passwords,
        sniffer=ScriptedSniffer(media_type),
        clock=clock,
        types=library(kept.blobs, clock, types),
        limits=replace(Limits(stalled_after=timedelta(minutes=5)), **limits),
        results="results",
        unpacked="unpacked",
        storage_url="https://account.blob.core.windows.net",
    )
    return World(context, kept, events, models, clock)
