"""Makes an answer cite lines that do not exist, for tests of grounding."""

import json
from typing import Any


def spoil_evidence(text: str) -> str:
    """The same answer with every cited line id replaced by one that no page has."""
    return json.dumps(_spoiled(json.loads(text)), ensure_ascii=False)


def _spoiled(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, list):
        return [_spoiled(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {key: _wrong(item) if key in {"lines", "line"} else _spoiled(item) for key, item in value.items()}


def _wrong(cited: Any) -> Any:  # noqa: ANN401 - a list of ids, one id, or null
    if isinstance(cited, list):
        return [f"p999.l{number}" for number, _ in enumerate(cited, 1)]
    return None if cited is None else "p999.l1"
