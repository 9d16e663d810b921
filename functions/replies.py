"""HTTP answers: JSON, and the status that each of our errors means."""

from collections.abc import Awaitable

import azure.functions as func
from pydantic import BaseModel, TypeAdapter, ValidationError

from shared.domain.errors import Conflict
from shared.domain.review import NotHolder
from shared.stages.correct import NotFinal, Outdated
from shared.stages.replay import StillRunning, UnknownDocument
from shared.stages.review import UnknownCase

_STATUS: tuple[tuple[type[Exception], int], ...] = (
    (UnknownDocument, 404),
    (UnknownCase, 404),
    (NotHolder, 409),
    (StillRunning, 409),
    (NotFinal, 409),
    (Outdated, 409),
    (Conflict, 409),
    (ValueError, 422),
)


async def reply(work: Awaitable[object], code: int = 200) -> func.HttpResponse:
    """The result of `work` as JSON with status `code`, or what our errors mean: 400, 404, 409, 422 with `error`."""
    try:
        return as_json(await work, code)
    except ValidationError as error:
        return problem(400, _first(error))
    except tuple(kind for kind, _ in _STATUS) as error:
        return problem(next(status for kind, status in _STATUS if isinstance(error, kind)), str(error))


def body[M: BaseModel](req: func.HttpRequest, kind: type[M]) -> M:
    """The request's JSON as `kind`; an empty body as an empty object. Raises ValidationError."""
    return kind.model_validate_json(req.get_body() or b"{}")


def as_json(value: object, code: int = 200) -> func.HttpResponse:
    """`value` (models, lists, plain values) as JSON."""
    return func.HttpResponse(TypeAdapter(object).dump_json(value), status_code=code, mimetype="application/json")


def problem(code: int, text: str) -> func.HttpResponse:
    """An error in words."""
    return as_json({"error": text}, code)


def _first(error: ValidationError) -> str:
    """The first complaint about a body, without the body."""
    first = error.errors()[0]
    return f"{'.'.join(str(step) for step in first['loc']) or 'body'}: {first['msg']}"
