"""Paging of lists: the limit, and the opaque cursor of the next page."""

import base64
import json
import re
from collections.abc import Callable
from contextlib import suppress

import azure.functions as func

from functions.api.problems import MalformedRequest

DEFAULT_LIMIT = 100
MAX_LIMIT = 500
_NUMBER = re.compile(r"[0-9]{1,6}")


def read_limit(req: func.HttpRequest) -> int:
    """Return the number of items that the caller wants at most; raises MalformedRequest."""
    text = req.params.get("limit") or str(DEFAULT_LIMIT)
    limit = int(text) if _NUMBER.fullmatch(text) else 0
    if not 1 <= limit <= MAX_LIMIT:
        raise malformed_parameter("limit", f"a number from 1 to {MAX_LIMIT}")
    return limit


def read_cursor[T](req: func.HttpRequest, list_name: str, read: Callable[[object], T]) -> T | None:
    """Return the position that the `next` of a page of the list `list_name` stood for; None for the first page.

    `read` validates the position that `write_cursor` encoded. Raises MalformedRequest.
    """
    text = req.params.get("cursor")
    if not text:
        return None
    with suppress(ValueError, TypeError, RecursionError):  # whatever is wrong with it, the caller is told the same
        cursor_list, position = json.loads(base64.urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4)))
        if cursor_list == list_name:
            return read(position)
    raise malformed_parameter("cursor", "the `next` of the page before, of the same list")


def write_cursor(list_name: str, position: object) -> str:
    """Return the cursor of the page behind `position`."""
    return base64.urlsafe_b64encode(json.dumps([list_name, position]).encode()).decode().rstrip("=")


def malformed_parameter(name: str, expected: str) -> MalformedRequest:
    """Return the error for a parameter of the query that cannot be read."""
    detail = f"{name!r} takes {expected}"
    return MalformedRequest(f"The query cannot be read: {detail}.", [{"parameter": name, "detail": detail}])
