"""The document types of a running system: those it came with, and those that are added to it while it runs."""

import asyncio
import logging
import time
from collections.abc import Mapping
from copy import replace
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from pydantic import TypeAdapter, ValidationError

from shared import telemetry
from shared.document_types.container import FolderListing, list_folders
from shared.document_types.loader import read_type
from shared.document_types.yaml_files.folder import MAX_FILE_BYTES, InvalidType, TypeFolder
from shared.domain.base.errors import Permanent, Unavailable, UnreadableRecord
from shared.domain.base.stored import dump_stored, load_stored
from shared.domain.types.document_type import DocumentType, TypeProblem
from shared.domain.types.evaluation import Evaluation
from shared.ports.blobs import Blobs
from shared.ports.clock import Clock

_EVALUATIONS = TypeAdapter(tuple[Evaluation, ...])
READ_SECONDS = 10.0
"""Time limit for reading one folder; the bounds on its size keep reading below a second or two."""
REFRESH_SECONDS = 20.0
"""After so long a refresh leaves further changed folders for the next refresh."""
_MAX_TIMEOUTS = 3
"""Attempts to read a folder that runs into the time limit, until its files change."""


class TypeSet(NamedTuple):
    """The types in force by name, which of them were `added` to the container, and the `problems` of its folders."""

    types: Mapping[str, DocumentType]
    added: frozenset[str] = frozenset()
    problems: tuple[TypeProblem, ...] = ()


@dataclass(frozen=True)
class _ReadFolder:
    """A folder as it was read last: its files, what they are, and the valid type before them that stays in force."""

    listing: FolderListing
    content: DocumentType | InvalidType
    in_force: DocumentType | None
    timeouts: int = 0


@dataclass
class TypeLibrary:
    """Types by name: `own` ones, and those of the container `additions`, which replace own ones of the same name.

    The container is listed again when the last listing is older than `patience`; only folders whose files changed are
    read, in a thread and within bounds. A folder that is no valid type is reported (log and `present`) and changes
    nothing: its last valid version, which the container `work` keeps for other workers, stays in force until the
    folder is valid again or removed. A type that a Run uses is kept under its version in `work` too, so that the Run
    ends with the type it began with.
    """

    blobs: Blobs
    clock: Clock
    own: Mapping[str, DocumentType]
    additions: str
    work: str
    patience: timedelta = timedelta(seconds=15)
    _listed: datetime | None = None
    _folders: dict[str, _ReadFolder] = field(default_factory=dict)
    _present: TypeSet = TypeSet({})
    _kept_versions: set[tuple[str, str, bytes]] = field(default_factory=set)
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def current_types(self, *, fresh: bool = False) -> Mapping[str, DocumentType]:
        """Return the types by name; `fresh`: as the container is now. Raises Retryable when storage is away."""
        return (await self.present(fresh=fresh)).types

    async def present(self, *, fresh: bool = False) -> TypeSet:
        """Return the types with what is wrong with others; raises Retryable when storage is away."""
        async with self._lock:
            if fresh or self._listed is None or self.clock.now() - self._listed >= self.patience:
                await self._refresh()
            return self._present

    async def keep(self, document_type: DocumentType) -> None:
        """Keep a type for the Runs that are about to use it; safe to repeat."""
        records = _EVALUATIONS.dump_json(document_type.evaluations)
        if (document_type.name, document_type.version, records) in self._kept_versions:
            return
        # The records have a blob of their own: workers of earlier versions read the type, and refuse keys that they do
        # not know.
        await self.blobs.write(
            self.work, _records_name(document_type.name, document_type.version), records, "application/json"
        )
        body = dump_stored(document_type).encode()
        await self.blobs.write(
            self.work, _kept_name(document_type.name, document_type.version), body, "application/json"
        )
        self._kept_versions.add((document_type.name, document_type.version, records))

    async def load_version(self, name: str, version: str) -> DocumentType:
        """Return the version of a type that a Run uses; raises Unavailable when it was not stored."""
        document_type = (await self.current_types()).get(name)
        if document_type is not None and document_type.version == version:
            return document_type
        stored = await self._load_kept(name, version)
        if stored is None:
            message = f"version {version} of the document type {name} is missing"
            raise Unavailable(message)
        return stored

    async def _load_kept(self, name: str, version: str) -> DocumentType | None:
        data = await self.blobs.read(self.work, _kept_name(name, version))
        if data is None:
            return None
        document_type = load_stored(DocumentType, data)
        records = await self.blobs.read(self.work, _records_name(name, version))
        return (
            replace(document_type, evaluations=_EVALUATIONS.validate_json(records, extra="allow"))
            if records
            else document_type
        )

    async def _refresh(self) -> None:
        container = await list_folders(self.blobs, self.additions, first=self._folders)
        folders: dict[str, _ReadFolder] = {}
        deadline = time.monotonic() + REFRESH_SECONDS
        for name, listing in container.folders.items():
            before = self._folders.get(name)
            if before is not None and before.listing == listing:
                folders[name] = before
            elif time.monotonic() < deadline:
                folders[name] = await self._read_folder(name, listing, before)
            elif before is not None:
                folders[name] = before
        for name, before in self._folders.items():
            if name not in container.present:
                await self.blobs.delete(self.work, _last_valid_name(name))
            elif name not in container.folders:  # over a bound of the container
                folders[name] = before
        self._folders = folders
        self._listed = self.clock.now()
        added = {name: read.in_force for name, read in folders.items() if read.in_force is not None}
        problems = [
            problem
            for read in folders.values()
            if isinstance(read.content, InvalidType)
            for problem in read.content.problems
        ]
        self._present = TypeSet({**self.own, **added}, frozenset(added), (*container.problems, *problems))

    async def _read_folder(self, name: str, listing: FolderListing, before: _ReadFolder | None) -> _ReadFolder:
        try:
            content = await self._read_content(name, listing)
        except TimeoutError:
            timeouts = 1 + (before.timeouts if before is not None else 0)
            message = f"reading the folder took more than {READ_SECONDS:g} seconds"
            problem = TypeProblem(file=f"{self.additions}/{name}", message=message, remedy="make the type smaller")
            content = InvalidType([problem])
            if timeouts < _MAX_TIMEOUTS:
                listing = {}  # equal to no listing of a folder: the next refresh tries again
        else:
            timeouts = 0
        fields: dict[str, str | int | float] = {telemetry.TYPE: name}
        if isinstance(content, DocumentType):
            telemetry.report("type_added", fields | {telemetry.TYPE_VERSION: content.version})
            await self.keep(content)
            await self.blobs.write(self.work, _last_valid_name(name), content.version.encode(), "text/plain")
            return _ReadFolder(listing, content, content)
        telemetry.report("type_invalid", fields | {telemetry.PROBLEMS: len(content.problems)})
        in_force = before.in_force if before is not None else await self._load_last_valid(name)
        return _ReadFolder(listing, content, in_force, timeouts)

    async def _read_content(self, name: str, listing: FolderListing) -> DocumentType | InvalidType:
        """Return the type in a folder of the container, or what is wrong with it; raises TimeoutError, Retryable."""
        files: dict[str, bytes] = {}
        folder = TypeFolder(name, files, place=f"{self.additions}/{name}")
        try:
            folder.check_sizes({file: size for file, (_, size) in listing.items()})
            for file in listing:
                data = await self.blobs.read(self.additions, f"{name}/{file}")
                if data is not None:
                    files[file] = data[: MAX_FILE_BYTES + 1]
            async with asyncio.timeout(READ_SECONDS):
                return await asyncio.to_thread(read_type, folder)
        except InvalidType as error:
            return error
        except Permanent as error:
            message = f"a file of the folder cannot be read ({error.code})"
            return InvalidType([TypeProblem(file=folder.place, message=message, remedy="upload the folder again")])

    async def _load_last_valid(self, name: str) -> DocumentType | None:
        """Return the version of an added type that another worker, or an earlier one, had in force."""
        data = await self.blobs.read(self.work, _last_valid_name(name))
        if data is None:
            return None
        try:
            return await self._load_kept(name, data.decode())
        except (UnreadableRecord, ValidationError, UnicodeDecodeError):  # another version of the app wrote it
            telemetry.report("type_last_valid_unreadable", {telemetry.TYPE: name}, logging.WARNING)
            return None


def _records_name(name: str, version: str) -> str:
    return f"types/{name}/{version}.evaluations.json"


def _kept_name(name: str, version: str) -> str:
    return f"types/{name}/{version}.json"


def _last_valid_name(name: str) -> str:
    return f"types/{name}/last-valid.txt"
