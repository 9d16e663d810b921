"""Collect the files of a command, and name their blobs and outputs."""

import os
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple

_TEMPORARY_ENDINGS = (".tmp", ".temp", ".part", ".partial", ".crdownload", ".download", ".swp", "~")
_TEMPORARY_STARTS = (".", "~$", "~")


class Source(NamedTuple):
    """A file to process, and its path below the folder that was given (its name, when it was given itself)."""

    path: Path
    relative: PurePosixPath

    @property
    def name(self) -> str:
        """The file's name as text that storage and JSON can hold."""
        return self.relative.name


def is_wanted(path: PurePosixPath) -> bool:
    """Return whether a file below a folder is meant: not hidden, not in a hidden folder, not a half-written one."""
    if any(part.startswith(".") for part in path.parts):
        return False
    return not path.name.startswith(_TEMPORARY_STARTS) and not path.name.lower().endswith(_TEMPORARY_ENDINGS)


def list_files(folder: Path) -> list[Source]:
    """Return the wanted files of a folder and its sub-folders, sorted by path."""
    sources: list[Source] = []
    for base, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(base, name)
            relative = clean(path.relative_to(folder))
            if is_wanted(relative) and path.is_file():
                sources.append(Source(path, relative))
    return sources


def collect(paths: Iterable[Path]) -> tuple[list[Source], list[str]]:
    """Return the files that `paths` name, each once, folders with all files below them; and the problems of others."""
    sources: dict[Path, Source] = {}
    problems: list[str] = []
    for path in paths:
        if path.is_dir():
            new_sources = list_files(path)
            if not new_sources:
                problems.append(f"{path}: the folder holds no file")
        elif path.is_file():
            new_sources = [Source(path, clean(Path(path.name)))]
        else:
            new_sources = []
            problems.append(f"{path}: there is no such file")
        for source in new_sources:
            sources.setdefault(source.path.absolute(), source)
    return list(sources.values()), problems


def clean(path: Path) -> PurePosixPath:
    """Return a path as text that storage and JSON can hold: composed letters, and a sign for bytes that are no text."""
    text = os.fsencode(path.as_posix()).decode("utf-8", "replace")
    return PurePosixPath(unicodedata.normalize("NFC", text))


def blob_names(sources: Sequence[Source], folder: str | None) -> list[str]:
    """Return the blob name of each file: its own name below `folder`; equal names are kept apart by a numbered folder.

    A blob's first folder names its document type, so without one the numbers must not come first.
    """
    counts: Counter[str] = Counter()
    names: list[str] = []
    for source in sources:
        counts[source.name] += 1
        number = counts[source.name]
        parts = [folder or ("files" if number > 1 else ""), str(number) if number > 1 else "", source.name]
        names.append("/".join(part for part in parts if part))
    return names


def output_names(sources: Sequence[Source]) -> list[str]:
    """Return the name of each file's JSON: `<stem>.json`; where two stems are equal, `<name>.json` (`a.pdf.json`).

    Where two whole names are equal too, the later ones get a number: `a.pdf-2.json`. Letter case makes no difference.
    """
    stems = Counter(PurePosixPath(source.name).stem.casefold() for source in sources)
    taken: set[str] = set()
    names: list[str] = []
    for source in sources:
        stem = PurePosixPath(source.name).stem
        base = stem if stems[stem.casefold()] == 1 else source.name
        number, name = 1, base
        while name.casefold() in taken:
            number += 1
            name = f"{base}-{number}"
        taken.add(name.casefold())
        names.append(f"{name}.json")
    return names
