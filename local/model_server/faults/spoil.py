"""Spoil an answer as models do: it cites lines that do not exist, or passes over rows of a table."""

import json
from typing import Any


def spoil_evidence(text: str) -> str:
    """Return the same answer with every cited line id replaced by one that no page has."""
    return json.dumps(_replace_evidence(json.loads(text)), ensure_ascii=False)


def drop_rows(text: str) -> str:
    """Return the same answer without every third row of its tables."""
    return json.dumps(_drop_every_third(json.loads(text)), ensure_ascii=False)


def _drop_every_third(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, dict):
        return {key: _drop_every_third(item) for key, item in value.items()}
    if not isinstance(value, list):
        return value
    are_rows = all(isinstance(item, dict) for item in value)
    return [item for number, item in enumerate(value, 1) if not are_rows or number % 3]


def _replace_evidence(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, list):
        return [_replace_evidence(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {key: _wrong(item) if key in {"lines", "line"} else _replace_evidence(item) for key, item in value.items()}


def _wrong(cited: Any) -> Any:  # noqa: ANN401 - a list of ids, one id, or null
    if isinstance(cited, list):
        return [f"p999.l{number}" for number, _ in enumerate(cited, 1)]
    return None if cited is None else "p999.l1"
