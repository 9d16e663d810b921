"""Send files through a running cloud and write a report for each."""

import asyncio
import hashlib
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from local.cloud.addresses import CloudError
from local.cloud.api import Api, EventLog
from local.cloud.storage import Uploads
from local.cloud.watch import Watcher, outcome_event
from local.processing.family import family, has_settled
from local.processing.files import Source, clean
from local.processing.report import report
from local.terminal import complain, console
from shared.domain.documents.run import Run, State
from shared.pipeline.operations.status import DocumentDetail

_UPLOADS_AT_ONCE = 4
_EVENT_SECONDS = 30.0


@dataclass
class Item:
    """One input on its way.

    `claimed`: its content is claimed, or it will never be; `settled`: when its outcome was first seen; `detail`: what
    was written for it; `rows`: its row, and one for each file that came out of it; `done`: no more will be written.
    """

    source: Source
    blob: str
    output: Path
    document_id: str | None = None
    claimed: asyncio.Event = field(default_factory=asyncio.Event)
    settled: float | None = None
    detail: DocumentDetail | None = None
    rows: list[tuple[str, DocumentDetail]] = field(default_factory=list)
    done: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def file(self) -> str:
        """The path of the input as it was given."""
        return str(clean(self.source.path))


def describe_outcome(detail: DocumentDetail) -> str:
    """Return the name and the outcome of a document in one line."""
    return f"{detail.document.name}: {detail.run.disposition or detail.run.state.value}"


class Processing:
    """Uploads the items and writes each one's report as soon as its outcome, and the event of it, are there.

    `at_once`: how many may be on their way at a time; None: all. `describe`: the line that is printed for an outcome
    where nobody watches.
    """

    def __init__(
        self,
        items: Sequence[Item],
        client: Api,
        storage: Uploads,
        log: EventLog,
        patience: float,
        at_once: int | None = None,
        describe: Callable[[DocumentDetail], str | Text] = describe_outcome,
    ) -> None:
        self._items = items
        self._client = client
        self._storage = storage
        self._log = log
        self._patience = patience
        self._at_once = at_once
        self._describe = describe
        self._moved = time.monotonic()

    async def run(self) -> None:
        """Return when every item has its report, or nothing has moved for the patience of the order."""
        terminal = console()
        watcher = Watcher(self._client)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        async with asyncio.TaskGroup() as group:
            uploading = group.create_task(self._upload_all())
            with Progress(*columns, console=terminal, disable=not terminal.is_terminal) as progress:
                task = progress.add_task("processing", total=len(self._items))
                async for changed in watcher.changes():
                    if changed or self._log.read():
                        self._moved = time.monotonic()
                    for item in await self._settle(watcher):
                        progress.advance(task)
                        if item.detail is not None and not terminal.is_terminal:
                            terminal.print(self._describe(item.detail), markup=False)
                    if uploading.done() and not self._waiting():
                        break
                    if time.monotonic() - self._moved > self._patience:
                        uploading.cancel()
                        complain(f"nothing has moved for {self._patience:.0f} s: giving up on what is left")
                        break
        for item in self._waiting():
            await self._write(item, watcher)

    async def _upload_all(self) -> None:
        """Upload every item; a copy of an earlier one only after that is claimed, so that the copy is the duplicate."""
        free = asyncio.Semaphore(self._at_once or _UPLOADS_AT_ONCE)
        first: dict[str, Item] = {}
        async with asyncio.TaskGroup() as group:
            for item in self._items:
                earlier = first.setdefault(await asyncio.to_thread(_content_hash, item.source.path), item)
                group.create_task(self._upload(item, earlier, free))

    async def _upload(self, item: Item, earlier: Item, free: asyncio.Semaphore) -> None:
        from azure.core.exceptions import AzureError

        if earlier is not item:
            await earlier.claimed.wait()
        async with free:
            try:
                item.document_id = await self._storage.upload(item.source.path, item.blob)
            except (OSError, AzureError) as error:
                complain(f"{item.file}: it could not be uploaded: {type(error).__name__}: {error}")
                item.claimed.set()
                item.done.set()
            self._moved = time.monotonic()
            if self._at_once:
                await item.done.wait()

    def _waiting(self) -> list[Item]:
        return [item for item in self._items if item.document_id and item.detail is None]

    async def _settle(self, watcher: Watcher) -> list[Item]:
        """Write the reports that can be written now; return their items."""
        self._log.read()
        written: list[Item] = []
        for item in self._waiting():
            run = watcher.run(item.document_id or "")
            if run is not None and run.state is not State.RECEIVED:
                item.claimed.set()
            if run is None or not has_settled(item.document_id or "", watcher.known):
                continue
            item.settled = item.settled or time.monotonic()
            members = family(item.document_id or "", watcher.known)
            are_reported = all(self._is_reported(status.run) for status in members)
            if are_reported or time.monotonic() - item.settled > _EVENT_SECONDS:
                await self._write(item, watcher)
                item.done.set()
                written.append(item)
        return written

    def _is_reported(self, run: Run) -> bool:
        """Return whether the subscriber has the event of a Run's outcome."""
        ending = f".document.{outcome_event(run)}.v1"
        return any(event["type"].endswith(ending) for event in self._log.of(run.document_id))

    async def _write(self, item: Item, watcher: Watcher) -> None:
        item.detail = await self._client.detail(item.document_id or "")
        if item.detail is None:
            return  # the upload never became a document; the closing table says so
        originals = {
            item_before.document_id: item_before.file for item_before in self._items if item_before.document_id
        }
        content = await self._report(item, item.file, item.detail, originals, watcher)
        item.output.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")

    async def _report(
        self, item: Item, file: str, detail: DocumentDetail, originals: dict[str, str], watcher: Watcher
    ) -> dict[str, Any]:
        """Return the report of a document, with those of its children in it; `item.rows` gets a row for each."""
        depth = detail.document.depth
        item.rows.append((f"{'  ' * depth}└ {file}" if depth else file, detail))
        names = {member.document_id: member.name for member in detail.members}
        inside = [status.document for status in watcher.known.values() if status.document.parent == detail.document.id]
        children = []
        for document in sorted(inside, key=lambda status: status.name):
            child = await self._client.detail(document.id)
            if child is not None:
                name = names.get(document.id, document.name)
                children.append(await self._report(item, name, child, originals, watcher))
        return report(file, detail, self._log.of(detail.document.id), originals, children)


def _content_hash(path: Path) -> str:
    """Return the SHA-256 of a file, or its path when it cannot be read: the upload will report why."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return str(path)


async def check_type(client: Api, document_type: str | None) -> None:
    """Raise CloudError when there is no such document type: a folder of that name would mean nothing."""
    names = [listed.name for listed in (await client.types()).types]
    if document_type is not None and document_type not in names:
        raise CloudError(f"There is no document type {document_type!r}; there are {', '.join(names)}.")
