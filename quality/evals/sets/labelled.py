"""Labelled sets: documents with known answers, one line each in `labels.jsonl`."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from shared.domain.base.paths import to_flat

LABELS = "labels.jsonl"
ITEM = "value"
"""The column of a list of single values."""


class InvalidSet(Exception):
    """A folder is no labelled set; the message names the file, the line and what is wrong."""


@dataclass(frozen=True)
class Labelled:
    """A document with what can be read off its pages.

    Attributes:
        file: as `labels.jsonl` names it, below the folder of the set.
        path: where it is.
        document_type: its type's name.
        fields: the answer by field, one inside an object by its dotted name; a table is a list of rows, each a mapping
            of its cells, a list of single values a table of the one column `ITEM`. A null or a blank text states that
            the page has no such value; of a field that is not there nothing is known.
    """

    file: str
    path: Path
    document_type: str
    fields: Mapping[str, Any]


def load(folder: Path) -> list[Labelled]:
    """Return the documents of a set, in the order of its labels; raises InvalidSet."""
    labels = folder / LABELS
    if not labels.is_file():
        message = f"{folder}: there is no {LABELS} in it"
        raise InvalidSet(message)
    lines = labels.read_text(encoding="utf-8").splitlines()
    found = [_document(folder, line, f"{labels}:{number}") for number, line in enumerate(lines, 1) if line.strip()]
    if not found:
        message = f"{labels}: it names no document"
        raise InvalidSet(message)
    return found


def _document(folder: Path, line: str, place: str) -> Labelled:
    try:
        body = json.loads(line)
        fields = body["fields"]
        made = Labelled(body["file"], folder / body["file"], body["document_type"], {})
    except (ValueError, KeyError, TypeError) as error:
        message = f"{place}: needs JSON with `file`, `document_type` and `fields` ({type(error).__name__}: {error})"
        raise InvalidSet(message) from error
    if not isinstance(fields, dict):
        message = f"{place}: `fields` is no object"
        raise InvalidSet(message)
    if not made.path.is_file():
        message = f"{place}: there is no file {made.file}"
        raise InvalidSet(message)
    return replace(made, fields={name: _answer(value) for name, value in to_flat(fields).items()})


def _answer(value: Any) -> Any:  # noqa: ANN401 - JSON
    if not isinstance(value, list):
        return _read_label(value)
    rows = (item if isinstance(item, Mapping) else {ITEM: item} for item in value)
    return [{name: _cell(cell) for name, cell in row.items() if not _is_table(cell)} for row in rows]


def _cell(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Return a cell holds one value: several are one text."""
    return _read_label(", ".join(map(str, value)) if isinstance(value, list) else value)


def _is_table(value: object) -> bool:
    """Return whether this is a list of rows; inside a row no type can have one."""
    return isinstance(value, list) and any(isinstance(item, Mapping | list) for item in value)


def _read_label(value: Any) -> Any:  # noqa: ANN401 - JSON
    return None if isinstance(value, str) and not value.strip() else value
