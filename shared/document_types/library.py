"""The document types of a running system: those it came with, and those that are added to it while it runs."""

import asyncio
from collections.abc import Mapping
from copy import replace
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from pydantic import TypeAdapter

from shared import telemetry
from shared.document_types.folder import MAX_FILE_BYTES, TYPE_FILE, InvalidType, TypeFolder
from shared.document_types.loader import read_type
from shared.domain.document_type import DocumentType, TypeProblem
from shared.domain.errors import Unavailable
from shared.domain.evaluation import Evaluation
from shared.domain.stored import dump_stored, load_stored
from shared.ports.blobs import Blobs
from shared.ports.clock import Clock

type Listing = Mapping[str, tuple[str, int]]
"""ETag and size in bytes of each file in the container, by its name."""

_EVALUATIONS = TypeAdapter(tuple[Evaluation, ...])


MAX_FOLDERS = 500
"""Folders of the container that are read; each is listed and held in memory by every worker."""


class ReadFolder(NamedTuple):
    """A folder as it was last read: its files, what they gave, and the last valid type that it held."""

    listing: Listing
    read: DocumentType | InvalidType
    valid: DocumentType | None


class TypeSet(NamedTuple):
    """The types at hand by name, which of them were `added` to the container, and what is wrong with other folders."""

    types: Mapping[str, DocumentType]
    added: frozenset[str] = frozenset()
    problems: tuple[TypeProblem, ...] = ()


@dataclass
class TypeLibrary:
    """Types by name: `own` ones, and those of the container `additions`, which replace own ones of the same name.

    The container is listed again when what is known of it is older than `patience`; only folders whose files changed
    are read. A folder that is no valid type is reported (log and `present`) and changes nothing: while this process
    runs, the last valid type of the folder stays in force. A type that a Run uses is kept under its version in the
    container `work`, so that the Run ends with the type it began with.
    """

    blobs: Blobs
    clock: Clock
    own: Mapping[str, DocumentType]
    additions: str
    work: str
    patience: timedelta = timedelta(seconds=15)
    _listed: datetime | None = None
    _folders: dict[str, ReadFolder] = field(default_factory=dict)
    _present: TypeSet = TypeSet({})
    _kept: set[tuple[str, str, bytes]] = field(default_factory=set)
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def known(self, *, fresh: bool = False) -> Mapping[str, DocumentType]:
        """The types by name; `fresh`: as the container is now. Raises Retryable when storage is away."""
        return (await self.present(fresh=fresh)).types

    async def present(self, *, fresh: bool = False) -> TypeSet:
        """The types with what is wrong with others; raises Retryable when storage is away."""
        async with self._lock:
            if fresh or self._listed is None or self.clock.now() - self._listed >= self.patience:
                await self._refresh()
            return self._present

    async def keep(self, kind: DocumentType) -> None:
        """Keep a type for the Runs that are about to use it; safe to repeat."""
        records = _EVALUATIONS.dump_json(kind.evaluations)
        if (kind.name, kind.version, records) in self._kept:
            return
        # The records have a blob of their own: workers of earlier versions read the type, and refuse keys that they do
        # not know.
        await self.blobs.write(self.work, _records_name(kind.name, kind.version), records, "application/json")
        body = dump_stored(kind).encode()
        await self.blobs.write(self.work, _kept_name(kind.name, kind.version), body, "application/json")
        self._kept.add((kind.name, kind.version, records))

    async def kept(self, name: str, version: str) -> DocumentType:
        """The version of a type that a Run uses; raises Unavailable when it was not kept."""
        kind = (await self.known()).get(name)
        if kind is not None and kind.version == version:
            return kind
        data = await self.blobs.read(self.work, _kept_name(name, version))
        if data is None:
            message = f"version {version} of the document type {name} is missing"
            raise Unavailable(message)
        kind = load_stored(DocumentType, data)
        records = await self.blobs.read(self.work, _records_name(name, version))
        return replace(kind, evaluations=_EVALUATIONS.validate_json(records, extra="allow")) if records else kind

    async def _refresh(self) -> None:
        listed: dict[str, dict[str, tuple[str, int]]] = {}
        async for blob in self.blobs.listing(self.additions, ""):
            folder, _, file = blob.name.partition("/")
            if file:
                listed.setdefault(folder, {})[file] = (blob.etag, blob.size)
        names = [name for name in sorted(listed) if TYPE_FILE in listed[name]]
        self._folders = {name: await self._read_folder(name, listed[name]) for name in names[:MAX_FOLDERS]}
        self._listed = self.clock.now()
        added = {name: folder.valid for name, folder in self._folders.items() if folder.valid}
        problems = [
            problem
            for folder in self._folders.values()
            if isinstance(folder.read, InvalidType)
            for problem in folder.read.problems
        ]
        problems += [_too_many(self.additions, name) for name in names[MAX_FOLDERS:]]
        self._present = TypeSet({**self.own, **added}, frozenset(added), tuple(problems))

    async def _read_folder(self, name: str, listing: Listing) -> ReadFolder:
        known = self._folders.get(name)
        if known is not None and known.listing == listing:
            return known
        read = await self._made(name, listing)
        fields: dict[str, str | int | float] = {telemetry.TYPE: name}
        if isinstance(read, InvalidType):
            telemetry.report("type_invalid", fields | {telemetry.PROBLEMS: len(read.problems)})
            return ReadFolder(listing, read, known.valid if known else None)
        telemetry.report("type_added", fields | {telemetry.TYPE_VERSION: read.version})
        return ReadFolder(listing, read, read)

    async def _made(self, name: str, listing: Listing) -> DocumentType | InvalidType:
        """The type in a folder of the container, or what is wrong with it."""
        files: dict[str, bytes] = {}
        folder = TypeFolder(name, files, place=f"{self.additions}/{name}")
        try:
            folder.check_sizes({file: size for file, (_, size) in listing.items()})
            for file in listing:
                data = await self.blobs.read(self.additions, f"{name}/{file}")
                if data is not None:
                    files[file] = data[: MAX_FILE_BYTES + 1]
            return await asyncio.to_thread(read_type, folder)
        except InvalidType as error:
            return error


def _records_name(name: str, version: str) -> str:
    return f"types/{name}/{version}.evaluations.json"


def _kept_name(name: str, version: str) -> str:
    return f"types/{name}/{version}.json"


def _too_many(container: str, name: str) -> TypeProblem:
    message = f"the container has more than {MAX_FOLDERS} types: this one is not read"
    return TypeProblem(file=f"{container}/{name}/{TYPE_FILE}", message=message, remedy="remove types that are not used")
