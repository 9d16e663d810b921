"""What callers do is done in their name: in the lease, in the history, and in no other's."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from shared import telemetry
from shared.bootstrap_identity import IdentitySources
from shared.testing.identity import MemoryTokens
from tests.support.pipeline.world import ANSWERS, World, answering, make_world
from tests.unit.functions.api import KEY, Api

WRONG = ANSWERS["extract_note"] | {"number": {"value": "B-99", "lines": ["p1.l2"]}}
PEOPLE = {"ada": "Reviewer", "bob": "Lead", "olga": "Operator"}
TOKENS = MemoryTokens(
    {
        name: {"oid": f"id-of-{name}", "preferred_username": f"{name}@example.com", "roles": [role]}
        for name, role in PEOPLE.items()
    }
)


@pytest.fixture
async def api(api_of: Callable[[World], Api]) -> Api:
    """The API of a World with one open case, whose callers show tokens."""
    world = make_world(script=answering(extract_note=WRONG))
    await world.drop()
    await world.settle()
    found = api_of(world)
    found.sources = IdentitySources(platform=False, tokens=TOKENS, keys=False)
    return found


def sign_in(api: Api, name: str) -> None:
    """Let the next requests come from somebody."""
    api.headers |= {"Authorization": f"Bearer {name}"}


async def case_of(api: Api) -> str:
    """The id of the open case."""
    return str((await api.call("review_list")).body["items"][0]["document_id"])


async def actors(api: Api, document_id: str) -> list[tuple[str, str]]:
    """What callers did, with their ids, in order, as the API tells a page of three lines at a time."""
    sources, api.sources = api.sources, IdentitySources(platform=False, tokens=None, keys=True)
    lines: list[dict[str, str]] = []
    query = {"limit": "3"}
    while True:
        page = (await api.call("document_history", document_id, query=query)).body
        lines += page["items"]
        if page["next"] is None:
            break
        query = {"limit": "3", "cursor": page["next"]}
    api.sources = sources
    assert lines == sorted(lines, key=lambda line: line["at"])
    return [(line["event"] or line["what"], line["actor"]) for line in lines if line["actor"]]


async def test_the_history_says_who_did_what(api: Api) -> None:
    """A case is claimed, given back and cleared, its result corrected and told again, and the document replayed."""
    sign_in(api, "ada")
    document_id = await case_of(api)
    for _ in range(2):
        token = (await api.call("review_claim", document_id)).body["lease"]["token"]
        api.world.clock.advance(timedelta(seconds=1))
        assert 200 == (await api.call("review_release", document_id, {"token": token})).status
        api.world.clock.advance(timedelta(seconds=1))
    token = (await api.call("review_claim", document_id)).body["lease"]["token"]
    renewed = await api.call("review_claim", document_id, {"token": token})
    done = await api.call("review_complete", document_id, {"token": token, "corrections": {"number": "A-17"}})
    sign_in(api, "bob")
    seen = {"run": 1, "revision": 0, "fields": {"number": "A-18"}}
    corrected = await api.call("document_correct", document_id, seen)
    sign_in(api, "olga")
    told = await api.call("events_replay", body={"since": "2020-01-01T00:00:00Z"})
    replayed = await api.call("document_replay", document_id, {})
    assert [200, 200, 200, 202, 202] == [answer.status for answer in (renewed, done, corrected, told, replayed)]
    ada, bob, olga = (f"user:id-of-{name}" for name in PEOPLE)
    assert [
        *[("claimed", ada), ("released", ada)] * 2,
        ("claimed", ada),
        ("finalized", ada),
        ("corrected", bob),
        ("republished", olga),
        ("received", olga),
    ] == await actors(api, document_id)


async def test_nobody_who_is_known_passes_for_somebody_else(api: Api) -> None:
    """The holder is the caller's name whatever the body says, and a lease's token serves nobody else."""
    sign_in(api, "ada")
    document_id = await case_of(api)
    lease = (await api.call("review_claim", document_id, {"holder": "Bob"})).body["lease"]
    assert ("ada@example.com", "user:id-of-ada") == (lease["holder"], lease["actor"])
    sign_in(api, "bob")
    assert 409 == (await api.call("review_claim", document_id, {"token": lease["token"]})).status
    assert 409 == (await api.call("review_release", document_id, {"token": lease["token"]})).status
    assert 409 == (await api.call("review_complete", document_id, {"token": lease["token"]})).status
    case = await api.call("review_get", document_id)
    assert {"holder", "expires"} == set(case.body["task"]["lease"])


async def test_callers_with_a_key_say_who_takes_a_case(api: Api) -> None:
    """Many may share a key: the lease has the name that they give, the history the key's."""
    api.sources = IdentitySources(platform=False, tokens=None, keys=True)
    document_id = await case_of(api)
    unnamed = await api.call("review_claim", document_id, {})
    assert (400, "/holder") == (unnamed.status, unnamed.body["errors"][0]["pointer"])
    lease = (await api.call("review_claim", document_id, {"holder": "Ada"})).body["lease"]
    ((action, actor),) = await actors(api, document_id)
    assert ("Ada", "claimed", True) == (lease["holder"], action, actor.startswith("key:"))
    assert KEY["x-functions-key"] not in json.dumps(lease)


async def test_who_forgets_a_document_is_logged(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """The history goes with the document, so the log has it: by id, not by name."""
    reported: list[tuple[str, object]] = []
    monkeypatch.setattr(
        telemetry, "report", lambda event, fields, *_: reported.append((event, fields.get(telemetry.ACTOR)))
    )
    sign_in(api, "olga")
    assert 202 == (await api.call("document_forget", await case_of(api))).status
    assert [("forget_requested", "user:id-of-olga")] == [line for line in reported if line[0] == "forget_requested"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
        ({"Content-Type": "multipart/form-data; boundary=application/json"}, 415),
        ({"Content-Type": "Application/JSON; charset=utf-8"}, 200),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "https://intray.example"}, 200),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
    ],
)
async def test_changes_are_asked_for_by_own_pages_and_programs(api: Api, headers: dict[str, str], status: int) -> None:
    """A form of another site can send neither JSON nor its own origin, and a browser sends the cookie with it."""
    sign_in(api, "ada")
    document_id = await case_of(api)
    api.headers |= headers
    assert status == (await api.call("review_claim", document_id, {})).status
