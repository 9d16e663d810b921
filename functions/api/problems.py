"""Problems of HTTP requests (RFC 9457): the status of each of our errors, and nothing of what is stored."""

import json
import logging
import math
import uuid
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import NamedTuple

import azure.functions as func

from shared import telemetry
from shared.domain.base.errors import Conflict, Retryable, StillRunning, Throttled, UnknownDocument, UnreadableRecord
from shared.domain.corrections.request import InvalidCorrections
from shared.domain.documents.review import NotHolder
from shared.domain.identity.principal import NotPermitted, NotSignedIn
from shared.pipeline.review.correct import NotFinal
from shared.pipeline.review.review import CaseClosed, Outdated, UnknownCase

MEDIA_TYPE = "application/problem+json"
RESPONSE_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
"""Of every answer: no cache on the way or in a browser may keep what a document says."""
_TYPES = "https://intray.dev/problems"


class MalformedRequest(Exception):
    """The request's body or query cannot be read; `errors` name the places."""

    def __init__(self, detail: str, errors: Sequence[Mapping[str, str]] = ()) -> None:
        super().__init__(detail)
        self.errors = tuple(errors)


class BodyTooLarge(Exception):
    """The request's body is over the limit."""


class UnsupportedBody(Exception):
    """The request's body is not sent as JSON."""


class ProblemType(NamedTuple):
    """A type of problem: the end of its `type` URL, its title and its HTTP status."""

    code: str
    title: str
    status: HTTPStatus


NOT_SIGNED_IN = ProblemType("not-signed-in", "The caller is not known", HTTPStatus.UNAUTHORIZED)
NOT_FOUND = ProblemType("not-found", "There is no such document or case", HTTPStatus.NOT_FOUND)
THROTTLED = ProblemType("throttled", "A service asked us to slow down", HTTPStatus.TOO_MANY_REQUESTS)
UNAVAILABLE = ProblemType("unavailable", "A service is not available", HTTPStatus.SERVICE_UNAVAILABLE)
DEFECT = ProblemType("internal-error", "The request could not be answered", HTTPStatus.INTERNAL_SERVER_ERROR)
_PROBLEMS: tuple[tuple[type[Exception], ProblemType], ...] = (
    (MalformedRequest, ProblemType("malformed-request", "The request cannot be read", HTTPStatus.BAD_REQUEST)),
    (BodyTooLarge, ProblemType("body-too-large", "The body is too large", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)),
    (
        InvalidCorrections,
        ProblemType("invalid-corrections", "Values do not fit their fields", HTTPStatus.UNPROCESSABLE_ENTITY),
    ),
    (
        UnsupportedBody,
        ProblemType("unsupported-body", "The body is not sent as JSON", HTTPStatus.UNSUPPORTED_MEDIA_TYPE),
    ),
    (NotSignedIn, NOT_SIGNED_IN),
    (NotPermitted, ProblemType("not-permitted", "The caller may not do this", HTTPStatus.FORBIDDEN)),
    (UnknownDocument, NOT_FOUND),
    (UnknownCase, NOT_FOUND),
    (CaseClosed, ProblemType("case-closed", "The case is closed", HTTPStatus.CONFLICT)),
    (NotHolder, ProblemType("not-holder", "The case is not leased to the caller", HTTPStatus.CONFLICT)),
    (StillRunning, ProblemType("still-running", "The document is being processed", HTTPStatus.CONFLICT)),
    (NotFinal, ProblemType("not-final", "The document has no final result", HTTPStatus.CONFLICT)),
    (Outdated, ProblemType("outdated", "The result has changed", HTTPStatus.CONFLICT)),
    (Conflict, ProblemType("conflict", "Somebody else made a change at the same moment", HTTPStatus.CONFLICT)),
    (Throttled, THROTTLED),
    (UnreadableRecord, DEFECT),
    (Retryable, UNAVAILABLE),
)


def problem_of(error: Exception) -> func.HttpResponse:
    """Return the response for an error; an unexpected error is 500 and logged with the problem's id.

    Neither the response nor the log contains the message of an unexpected error: it may quote stored data.
    """
    problem_type = next(
        (problem_type for error_type, problem_type in _PROBLEMS if isinstance(error, error_type)), DEFECT
    )
    if problem_type is DEFECT:
        return problem(
            problem_type, "The operator finds the cause in the log, under this problem's instance.", error=error
        )
    errors: Sequence[Mapping[str, str]] = ()
    if isinstance(error, InvalidCorrections):
        errors = [field_problem.model_dump() for field_problem in error.problems]
    elif isinstance(error, MalformedRequest):
        errors = error.errors
    headers: dict[str, str] = {}
    if isinstance(error, Retryable) and problem_type in {THROTTLED, UNAVAILABLE}:
        headers["Retry-After"] = str(max(1, math.ceil(error.delay.total_seconds())))
    if problem_type is NOT_SIGNED_IN:
        headers["WWW-Authenticate"] = "Bearer"
    return problem(problem_type, str(error), errors, headers, error)


def problem(
    problem_type: ProblemType,
    detail: str,
    errors: Sequence[Mapping[str, str]] = (),
    headers: Mapping[str, str] | None = None,
    error: Exception | None = None,
) -> func.HttpResponse:
    """Return a problem as JSON, and log its id, status and place in the code."""
    instance = uuid.uuid4().urn
    body: dict[str, object] = {
        "type": f"{_TYPES}/{problem_type.code}",
        "title": problem_type.title,
        "status": problem_type.status.value,
        "detail": detail,
        "instance": instance,
    }
    if errors:
        body["errors"] = list(errors)
    fields: dict[str, str | int | float] = {
        telemetry.PROBLEM: instance,
        telemetry.STATUS: problem_type.status.value,
        telemetry.REASON: type(error).__name__ if error else problem_type.code,
    }
    is_ours = problem_type.status >= HTTPStatus.INTERNAL_SERVER_ERROR
    if is_ours and error:
        fields[telemetry.PLACE] = telemetry.place_of(error)
    telemetry.report("http_problem", fields, logging.ERROR if is_ours else logging.INFO)
    return func.HttpResponse(
        json.dumps(body),
        status_code=problem_type.status.value,
        headers={**RESPONSE_HEADERS, **(headers or {})},
        mimetype=MEDIA_TYPE,
    )
