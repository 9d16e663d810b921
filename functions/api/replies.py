"""HTTP requests and answers: JSON in, JSON out, and a problem for each error."""

import json
from collections.abc import Awaitable
from decimal import Decimal, InvalidOperation

import azure.functions as func
from pydantic import BaseModel, TypeAdapter, ValidationError

from functions.api.problems import RESPONSE_HEADERS, BodyTooLarge, MalformedRequest, problem_of
from shared.domain.corrections.request import to_pointer

MAX_BODY_BYTES = 1_000_000
"""Bytes of a request's body."""
MAX_DEPTH = 32
"""Objects and lists inside each other in a request's body; a row of a correction has six at most."""


async def reply(work: Awaitable[object], code: int = 200) -> func.HttpResponse:
    """Return the result of `work` as JSON with status `code`, or the problem that its error means."""
    try:
        return as_json(await work, code)
    except Exception as error:  # noqa: BLE001 - an HTTP caller gets an answer to everything, with an id that is logged
        return problem_of(error)


def read_body[M: BaseModel](req: func.HttpRequest, model_type: type[M]) -> M:
    """Return the request's JSON as `model_type`; an empty body counts as {}. Raises MalformedRequest, BodyTooLarge.

    NaN and Infinity are not JSON, but many programs write them: they are parsed, and the check of their field rejects
    them.
    """
    data = req.get_body() or b"{}"
    if len(data) > MAX_BODY_BYTES:
        raise BodyTooLarge(f"The body has {len(data)} bytes; the limit is {MAX_BODY_BYTES}.")
    try:
        content = json.loads(data, object_pairs_hook=_without_duplicates, parse_float=Decimal)
    except (ValueError, RecursionError, InvalidOperation) as error:  # the last: an exponent beyond all numbers
        detail = str(error) if isinstance(error, _DuplicateName) else "The body is not JSON."
        raise MalformedRequest(detail) from None
    if _is_deeper_than(content, MAX_DEPTH):
        raise MalformedRequest(f"The body has objects or lists more than {MAX_DEPTH} levels deep.")
    try:
        return model_type.model_validate(content)
    except ValidationError as error:
        errors = [
            {"pointer": to_pointer(*(str(step) for step in error_detail["loc"])), "detail": error_detail["msg"]}
            for error_detail in error.errors(include_url=False, include_context=False, include_input=False)
        ]
        raise MalformedRequest("The body does not have the form that this request takes.", errors) from None


def as_json(value: object, code: int = 200) -> func.HttpResponse:
    """Return `value` (models, lists, plain values) as a JSON response."""
    body = TypeAdapter(object).dump_json(value)
    return func.HttpResponse(body, status_code=code, headers=RESPONSE_HEADERS, mimetype="application/json")


def _is_deeper_than(content: object, limit: int) -> bool:
    """Return whether JSON content has more than `limit` levels of objects and lists; without recursion."""
    level = [content]
    for _ in range(limit):
        containers = [node for node in level if isinstance(node, dict | list)]
        level = [item for node in containers for item in (node.values() if isinstance(node, dict) else node)]
    return any(isinstance(node, dict | list) for node in level)


class _DuplicateName(ValueError):
    """A JSON object has the same name twice."""


def _without_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    names = dict(pairs)
    if len(names) < len(pairs):
        repeated = next(name for name in names if sum(name == key for key, _ in pairs) > 1)
        raise _DuplicateName(f"The body states {repeated!r} twice in one object.")
    return names
