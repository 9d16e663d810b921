"""Spans, metrics and log events in files of a folder, one JSON object a line; the oldest lines are dropped."""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

Signal = Literal["spans", "metrics", "logs"]
SIGNALS: tuple[Signal, ...] = ("spans", "metrics", "logs")
MAX_FILE_BYTES = 16_000_000
"""Size at which a file is put aside, in place of the one before: two of them are kept of each signal."""


def telemetry_folder(state: Path) -> Path:
    """Return where a local cloud keeps its telemetry."""
    return state / "telemetry"


class TelemetryFiles:
    """The files of one folder, which is made when needed."""

    def __init__(self, folder: Path, max_bytes: int = MAX_FILE_BYTES) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._max_bytes = max_bytes

    def append(self, signal: Signal, entries: Iterable[Mapping[str, Any]]) -> None:
        """Add entries to the file of a signal."""
        path = _file(self._folder, signal)
        if path.exists() and path.stat().st_size > self._max_bytes:
            path.replace(_earlier(path))
        with path.open("a", encoding="utf-8") as file:
            file.writelines(json.dumps(entry, separators=(",", ":")) + "\n" for entry in entries)


def read_entries(folder: Path, signal: Signal, containing: str = "") -> Iterator[dict[str, Any]]:
    """Yield the entries of a signal whose line contains a text, oldest first; none where nothing was received."""
    current = _file(folder, signal)
    for path in (_earlier(current), current):
        if path.exists():
            with path.open(encoding="utf-8") as lines:
                yield from (json.loads(line) for line in lines if containing in line and line.endswith("\n"))


def _file(folder: Path, signal: Signal) -> Path:
    return folder / f"{signal}.jsonl"


def _earlier(path: Path) -> Path:
    return path.with_suffix(".earlier.jsonl")
