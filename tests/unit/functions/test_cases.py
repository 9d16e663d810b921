"""Cases as callers of the API see them, and whose fault it is when a request fails."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from shared.domain.base.errors import Throttled, Unavailable
from shared.ports.records import Put
from tests.support.pipeline.world import ANSWERS, World, answering, make_world
from tests.unit.functions.api import Api

WRONG = ANSWERS["extract_note"] | {"number": {"value": "B-99", "lines": ["p1.l2"]}}


@pytest.fixture
async def api(api_of: Callable[[World], Api]) -> Api:
    """The API of a World with one open case."""
    world = make_world(script=answering(extract_note=WRONG))
    await world.drop()
    await world.settle()
    return api_of(world)


async def _id(api: Api) -> str:
    return str((await api.call("review_list")).body["items"][0]["document_id"])


async def test_a_token_is_shown_to_the_holder_only(api: Api) -> None:
    """Neither the case, nor the lists, nor the document say it; who holds the case is no secret."""
    document_id = await _id(api)
    token = (await api.call("review_claim", document_id, {"holder": "Ada"})).body["lease"]["token"]
    case = await api.call("review_get", document_id)
    assert {"holder": "Ada", "expires": case.body["task"]["lease"]["expires"]} == case.body["task"]["lease"]
    shown = [case, *[await api.call(name, document_id) for name in ("review_list", "document", "status")]]
    shown.append(await api.call("review_claim", document_id, {"holder": "Bob"}))
    shown.append(await api.call("review_complete", document_id, {"token": token + 1}))
    assert [200, 200, 200, 200, 409, 409] == [answer.status for answer in shown]
    assert all(str(token) not in json.dumps(answer.body) for answer in shown)


async def test_a_lease_is_renewed_and_released(api: Api) -> None:
    """By its token; then another may have the case, and the old token is worth nothing."""
    document_id = await _id(api)
    lease = (await api.call("review_claim", document_id, {"holder": "Ada"})).body["lease"]
    assert 409 == (await api.call("review_claim", document_id, {"holder": "Ada"})).status
    api.world.clock.advance(timedelta(minutes=1))
    renewed = await api.call("review_claim", document_id, {"holder": "Ada", "token": lease["token"]})
    assert renewed.body["lease"]["expires"] > lease["expires"]
    assert 409 == (await api.call("review_release", document_id, {"token": lease["token"] + 1})).status
    released = await api.call("review_release", document_id, {"token": lease["token"]})
    assert (200, None) == (released.status, released.body["lease"])
    assert 200 == (await api.call("review_claim", document_id, {"holder": "Bob"})).status
    assert 409 == (await api.call("review_complete", document_id, {"token": lease["token"]})).status


@pytest.mark.parametrize("holder", ["", " ", "Ada\n", "\x1b[31mAda", "x" * 201, None, 7], ids=range(7))
async def test_a_holder_has_a_name_that_can_be_shown(api: Api, holder: object) -> None:
    """Other reviewers see it."""
    answer = await api.call("review_claim", await _id(api), {"holder": holder})
    assert (400, ["/holder"]) == (answer.status, [error["pointer"] for error in answer.body["errors"]])


async def test_a_lease_that_has_ended_is_a_conflict(api: Api) -> None:
    """The case may be claimed again, under another token."""
    document_id = await _id(api)
    token = (await api.call("review_claim", document_id, {"holder": "Ada"})).body["lease"]["token"]
    api.world.clock.advance(api.world.context.limits.lease)
    answer = await api.call("review_complete", document_id, {"token": token, "corrections": {"total": "abc"}})
    assert (409, "https://intray.dev/problems/not-holder") == (answer.status, answer.body["type"])
    again = await api.call("review_claim", document_id, {"holder": "Ada"})
    assert token != again.body["lease"]["token"]


async def test_a_closed_case_is_a_conflict_and_an_unknown_one_is_not_found(api: Api) -> None:
    """For every request, so that who opens a stale link learns which of the two it is."""
    document_id = await _id(api)
    token = (await api.call("review_claim", document_id, {"holder": "Ada"})).body["lease"]["token"]
    assert 200 == (await api.call("review_complete", document_id, {"token": token})).status
    requests = {
        "review_get": None,
        "review_claim": {"holder": "Ada", "token": token},
        "review_release": {"token": token},
        "review_complete": {"token": token},
    }
    for stranger, status in ((document_id, 409), ("d" + "0" * 24, 404), ("incoming/x", 404), ("é'\x00", 404)):
        answers = [await api.call(name, stranger, body) for name, body in requests.items()]
        assert [status] * 4 == [answer.status for answer in answers]
        assert {"application/problem+json"} == {answer.media_type for answer in answers}


@pytest.mark.parametrize("row", ['{"state": "SECRET"}', "SECRET", '{"document_id": "SECRET"}'])
async def test_what_is_stored_and_cannot_be_read_is_no_fault_of_the_caller(
    api: Api, row: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A broken row of the Run, whatever is asked: 500 with an id, and not a word of what is stored."""
    caplog.set_level("INFO")
    document_id = await _id(api)
    token = (await api.call("review_claim", document_id, {"holder": "Ada"})).body["lease"]["token"]
    await api.world.records.commit("documents", document_id, [Put("run-0001", row)])
    answers = [
        await api.call("document", document_id),
        await api.call("review_get", document_id),
        await api.call("review_complete", document_id, {"token": token, "corrections": {"total": 1}}),
        await api.call("document_correct", document_id, {"run": 1, "revision": 0, "fields": {"total": 1}}),
    ]
    assert [500] * 4 == [answer.status for answer in answers]
    assert all(answer.body["instance"] in caplog.text for answer in answers)
    assert "SECRET" not in caplog.text + json.dumps([answer.body for answer in answers])


async def test_a_broken_draft_is_no_fault_of_the_caller(api: Api) -> None:
    """Its fields are not what a result has, and the correction has nothing to do with it."""
    document_id = await _id(api)
    token = (await api.call("review_claim", document_id, {"holder": "Ada"})).body["lease"]["token"]
    await api.world.blobs.write("work", f"runs/{document_id}/0001/result.json", b'{"fields": 7}', "application/json")
    answer = await api.call("review_complete", document_id, {"token": token, "corrections": {"total": 1}})
    assert 500 == answer.status


@pytest.mark.parametrize(
    ("error", "status", "retry_after"),
    [(Throttled("slow", timedelta(seconds=12)), 429, "12"), (Unavailable("away"), 503, "5")],
)
async def test_storage_that_is_away_says_when_to_ask_again(
    api: Api, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int, retry_after: str
) -> None:
    """For reading and for changing alike."""
    document_id = await _id(api)

    async def refuse(*_arguments: object) -> object:
        raise error

    monkeypatch.setattr(api.world.records, "get", refuse)
    for name, body in (("document", None), ("review_claim", {"holder": "Ada"}), ("document_replay", {})):
        answer = await api.call(name, document_id, body)
        assert (status, retry_after) == (answer.status, answer.headers["Retry-After"])
