"""What callers of the HTTP API are told."""

import json

import azure.functions as func
import pytest
from pydantic import BaseModel

from functions.replies import body, reply
from shared.domain.errors import Conflict
from shared.domain.review import NotHolder
from shared.stages.correct import NotFinal, Outdated
from shared.stages.replay import StillRunning, UnknownDocument
from shared.stages.review import Decision, UnknownCase


async def _raise(error: Exception) -> object:
    raise error


async def _parse(data: bytes) -> object:
    return body(func.HttpRequest("POST", "/", body=data), Decision)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (UnknownDocument("no such"), 404),
        (UnknownCase("no such"), 404),
        (NotHolder("held"), 409),
        (StillRunning("running"), 409),
        (NotFinal("failed"), 409),
        (Outdated("changed"), 409),
        (Conflict("changed"), 409),
        (ValueError("no field is called so"), 422),
    ],
)
async def test_each_of_our_errors_has_its_status(error: Exception, status: int) -> None:
    """A caller learns what was wrong, in our words and by the status."""
    answer = await reply(_raise(error))
    assert (status, {"error": str(error)}) == (answer.status_code, json.loads(answer.get_body()))


@pytest.mark.parametrize("data", [b"", b"{}", b"not json", b'{"token": "x"}', b'{"token": 1, "disposition": "MAYBE"}'])
async def test_a_bad_body_is_refused_without_repeating_it(data: bytes) -> None:
    """The answer names the place; what was sent is not echoed."""
    answer = await reply(_parse(data))
    told = json.loads(answer.get_body())["error"]
    assert 400 == answer.status_code
    assert "MAYBE" not in told
    assert told


async def test_a_defect_is_not_made_an_answer() -> None:
    """What we did not foresee reaches the platform, which logs it and answers 500."""
    with pytest.raises(KeyError):
        await reply(_raise(KeyError("oops")))


async def test_models_become_json() -> None:
    """Models, lists of them and plain values are all JSON."""

    class Answer(BaseModel):
        """An answer."""

        value: int

    async def work() -> object:
        return [Answer(value=1)]

    answer = await reply(work(), 202)
    assert (202, [{"value": 1}]) == (answer.status_code, json.loads(answer.get_body()))
