"""What callers of the HTTP API are told."""

import json
import logging
from datetime import timedelta

import azure.functions as func
import pytest
from pydantic import BaseModel, ValidationError

from functions.api.replies import MAX_BODY_BYTES, read_body, reply
from shared.domain.base.errors import Conflict, StillRunning, Throttled, Unavailable, UnknownDocument
from shared.domain.corrections.request import FieldProblem, InvalidCorrections
from shared.domain.documents.review import NotHolder
from shared.domain.documents.run import Run
from shared.pipeline.review.correct import NotFinal, Outdated
from shared.pipeline.review.review import CaseClosed, Decision, UnknownCase

PROBLEM = {"type", "title", "status", "detail", "instance"}


async def _raise(error: Exception) -> object:
    raise error


async def _parse(data: bytes) -> object:
    return read_body(func.HttpRequest("POST", "/", body=data), Decision)


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (UnknownDocument("no such"), 404, "not-found"),
        (UnknownCase("no such"), 404, "not-found"),
        (CaseClosed("closed"), 409, "case-closed"),
        (NotHolder("held"), 409, "not-holder"),
        (StillRunning("running"), 409, "still-running"),
        (NotFinal("failed"), 409, "not-final"),
        (Outdated("changed"), 409, "outdated"),
        (Conflict("changed"), 409, "conflict"),
    ],
)
async def test_each_of_our_errors_has_its_status(error: Exception, status: int, code: str) -> None:
    """A caller learns what was wrong, in our words, by the status and by a type that programs can tell apart."""
    answer = await reply(_raise(error))
    told = json.loads(answer.get_body())
    assert ("application/problem+json", status) == (answer.mimetype, answer.status_code)
    assert (PROBLEM, status, str(error)) == (set(told), told["status"], told["detail"])
    assert told["type"].endswith(f"/{code}")
    assert "Retry-After" not in answer.headers


async def test_values_that_do_not_fit_are_listed() -> None:
    """Each with its place in the request."""
    problem = FieldProblem(pointer="/fields/total", field="total", detail="'total' takes an amount")
    answer = await reply(_raise(InvalidCorrections([problem])))
    assert (422, [problem.model_dump()]) == (answer.status_code, json.loads(answer.get_body())["errors"])


@pytest.mark.parametrize(
    ("error", "status", "seconds"),
    [
        (Throttled("slow down", timedelta(seconds=7.2)), 429, "8"),
        (Unavailable("away", timedelta(milliseconds=1)), 503, "1"),
    ],
)
async def test_what_passes_says_when_to_ask_again(error: Exception, status: int, seconds: str) -> None:
    """Storage that throttles or is away is neither the caller's fault nor a defect."""
    answer = await reply(_raise(error))
    assert (status, seconds) == (answer.status_code, answer.headers["Retry-After"])


BAD_BODIES = [
    b"", b"{}", b"not json", b"[]", b"7", b'{"token": "x"}', b'{"token": 1, "disposition": "MAYBE"}', b'{"token": NaN}',
    b'{"token": 1, "token": 2}', b'{"token": 1, "corrections": {"total": 1, "total": 2}}', b'{"token": 1} trailing',
    b'{"token": 1, "tokens": 2}', b'{"token": 1, "corrections": []}', b'{"token": 1, "changes": [{"op": "move"}]}',
    b"\xff\xfe\xfd", b'{"token": ' + b"9" * 5000 + b"}", b"[" * 100_000,
    b'{"token": 1, "corrections": {"total": 1e99999999999999999999}}',
    b'{"token": 1, "corrections": {"rows": [' + b'{"a":' * 3000 + b"1" + b"}" * 3000 + b"]}}",
]  # fmt: skip


@pytest.mark.parametrize("data", BAD_BODIES, ids=range(len(BAD_BODIES)))
async def test_a_bad_body_is_refused_without_repeating_it(data: bytes) -> None:
    """The answer names the place; what was sent is not echoed."""
    answer = await reply(_parse(data))
    told = json.loads(answer.get_body())
    assert (400, 400) == (answer.status_code, told["status"])
    assert "MAYBE" not in answer.get_body().decode()
    assert told["detail"]


async def test_the_place_of_a_bad_value_is_a_pointer() -> None:
    """As in a correction that does not fit."""
    told = json.loads((await reply(_parse(b'{"changes": [{"path": 7}]}'))).get_body())
    assert {"/token", "/changes/0/path"} == {error["pointer"] for error in told["errors"]}


async def test_a_body_is_bounded() -> None:
    """A correction is small; what is not is not read."""
    answer = await reply(_parse(b" " * (MAX_BODY_BYTES + 1)))
    assert 413 == answer.status_code


def _unreadable_row() -> ValidationError:
    with pytest.raises(ValidationError) as caught:
        Run.model_validate_json('{"document_id": "SECRET TEXT", "state": "SECRET STATE"}')
    return caught.value


@pytest.mark.parametrize("error", [KeyError("SECRET"), ValueError("SECRET"), _unreadable_row()])
async def test_a_defect_has_an_id_that_is_in_the_log(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    """What is stored and cannot be read is not the caller's fault; neither the answer nor the log repeats it."""
    caplog.set_level(logging.INFO)
    answer = await reply(_raise(error))
    told = json.loads(answer.get_body())
    assert (500, PROBLEM) == (answer.status_code, set(told))
    assert [logging.ERROR] == [record.levelno for record in caplog.records]
    assert told["instance"] in caplog.text
    assert type(error).__name__ in caplog.text
    assert "test_replies.py" in caplog.text
    assert "SECRET" not in caplog.text + answer.get_body().decode()


async def test_models_become_json() -> None:
    """Models, lists of them and plain values are all JSON."""

    class Answer(BaseModel):
        """An answer."""

        value: int

    async def work() -> object:
        return [Answer(value=1)]

    answer = await reply(work(), 202)
    assert (202, [{"value": 1}]) == (answer.status_code, json.loads(answer.get_body()))
