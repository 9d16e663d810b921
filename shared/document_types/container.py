"""Lists the container of added document types, within bounds."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from shared.document_types.yaml_files.bounded_yaml import is_unprintable
from shared.document_types.yaml_files.folder import MAX_FILES, MAX_FOLDER_BYTES, TYPE_FILE
from shared.domain.types.document_type import TYPE_NAME, TypeProblem
from shared.ports.blobs import Blobs

type FolderListing = Mapping[str, tuple[str, int]]
"""ETag and size in bytes of each file of a folder, by its name in the folder."""

MAX_FOLDERS = 500
"""Folders that are read; those that were read before come first, so that no upload takes a type out of force."""
MAX_CONTAINER_BYTES = 200_000_000
"""Of all folders that are read: types stay in memory."""
_REMOVE = "remove types that are not used"
MAX_LISTED = 100_000
"""Blobs of the container that are looked at."""


@dataclass(frozen=True)
class TypeContainer:
    """The folders to read by name, the names of all that are `present`, and the `problems` of those left out."""

    folders: Mapping[str, FolderListing]
    present: frozenset[str]
    problems: tuple[TypeProblem, ...]


async def list_folders(blobs: Blobs, container: str, first: Collection[str]) -> TypeContainer:
    """List the folders that have a `type.yaml`; `first` are the names that take precedence over the others.

    Raises Retryable when storage is away.
    """
    listed: dict[str, dict[str, tuple[str, int]]] = {}
    problems: list[TypeProblem] = []
    wrong_names: set[str] = set()
    unprintable: set[str] = set()
    count = 0
    async for blob in blobs.listing(container, ""):
        count += 1
        if count > MAX_LISTED:
            problems.append(_problem(container, f"it holds more than {MAX_LISTED} files", "remove other files"))
            break
        folder, _, file = blob.name.partition("/")
        if not file:
            continue
        if any(is_unprintable(letter) for letter in blob.name):
            unprintable.add(blob.name)
            continue
        if TYPE_NAME.fullmatch(folder) is None:
            if file == TYPE_FILE and len(wrong_names) < MAX_FOLDERS:
                wrong_names.add(folder)
            continue
        files = listed.setdefault(folder, {})
        if len(files) <= MAX_FILES or file == TYPE_FILE:
            files[file] = (blob.etag, blob.size)
    problems += [
        _problem(f"{container}/{_shorten(name)}", "a type's folder cannot have this name", "rename the folder")
        for name in sorted(wrong_names)
    ]
    problems += [
        _problem(f"{container}/{_shorten(name)}", "a file's name has control characters", "rename the file")
        for name in sorted(unprintable)[:MAX_FOLDERS]
    ]
    folders = {name: files for name, files in listed.items() if TYPE_FILE in files}
    chosen = _choose(folders, first)
    left_out = sorted(folders.keys() - chosen.keys())
    problems += [
        _problem(f"{container}/{name}/{TYPE_FILE}", "the container holds too many types: this one is not read", _REMOVE)
        for name in left_out[:MAX_FOLDERS]
    ]
    present = frozenset(folders) if count <= MAX_LISTED else frozenset(folders) | frozenset(first)
    return TypeContainer(chosen, present, tuple(problems))


def _choose(folders: Mapping[str, FolderListing], first: Collection[str]) -> dict[str, FolderListing]:
    """Choose the folders that fit the bounds on their number and on their bytes, in order of their names."""
    chosen: list[str] = []
    total = 0
    for name in sorted(folders, key=lambda folder: (folder not in first, folder)):
        size = sum(size for _, size in folders[name].values())
        if size > MAX_FOLDER_BYTES:
            size = 0  # reported as too large and not read
        if len(chosen) < MAX_FOLDERS and total + size <= MAX_CONTAINER_BYTES:
            chosen.append(name)
            total += size
    return {name: folders[name] for name in sorted(chosen)}


def _shorten(name: str) -> str:
    return ascii(name[:60])[1:-1]


def _problem(place: str, message: str, remedy: str) -> TypeProblem:
    return TypeProblem(file=place, message=message, remedy=remedy)
