"""What people must not be able to enter, through both requests that correct a result: 422 that names the field."""

import math
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.pipeline.world import World, answering, make_world
from tests.unit.functions.api import Answer, Api
from tests.unit.functions.kinds import KINDS, READ

WRONG = [
    ("total", "abc"),
    ("total", True),
    ("total", ""),
    ("due", None),
    ("total", math.nan),
    ("total", math.inf),
    ("total", -math.inf),
    ("total", 10**400),
    ("total", "1.234,56"),
    ("total", [1.0]),
    ("total", {"value": 1.0}),
    ("day", "2026-13-45"),
    ("day", "yesterday"),
    ("day", "2026-11-22T10:00:00"),
    ("currency", "BANANA"),
    ("currency", "ABC"),
    ("account", "XX00"),
    ("paid", "perhaps"),
    ("number", "A\x00"),
    ("number", "\ud83d"),
    ("number", "x" * 501),
    ("number", None),
    ("number", ""),
    ("seller.name", 7),
    ("rows", "lots"),
    ("rows", None),
    ("rows", [1.0, 2.0]),
    ("rows", {"what": "Apples"}),
    ("rows", [{"what": "Apples", "colour": "red"}]),
    ("rows", [{"what": "Apples", "price": "cheap"}]),
    ("colour", "red"),
]


def _accepted() -> World:
    return make_world(script=answering(extract_note=READ), types=[KINDS])


def _doubtful() -> World:
    wrong = READ | {"number": {"value": "B-99", "lines": ["p1.l2"]}}
    return make_world(script=answering(extract_note=wrong), types=[KINDS])


async def _settled(world: World) -> str:
    document_id = await world.drop()
    await world.settle()
    return document_id


def _check(answer: Answer, pointer: str, field: str) -> None:
    """One problem, which names the place in the request and the field, and shows no more than needed."""
    assert (422, "application/problem+json") == (answer.status, answer.media_type)
    assert {"type", "title", "status", "detail", "instance", "errors"} == set(answer.body)
    problem = answer.body["errors"][0]
    assert field == problem["field"]
    assert problem["pointer"].startswith(pointer)
    assert field in problem["detail"]


@pytest.mark.parametrize(("field", "value"), WRONG)
async def test_a_correction_that_does_not_fit_is_refused(
    api_of: Callable[[World], Api], field: str, value: object
) -> None:
    """The final result stays as it is, and nobody is told."""
    world = _accepted()
    document_id = await _settled(world)
    body = {"run": 1, "revision": 0, "fields": {field: value}}
    _check(await api_of(world).call("document_correct", document_id, body), f"/fields/{field}", field)
    await world.settle()
    assert ["received", "finalized"] == world.told()


@pytest.mark.parametrize(("field", "value"), WRONG)
async def test_a_case_is_not_closed_with_what_does_not_fit(
    api_of: Callable[[World], Api], field: str, value: object
) -> None:
    """The case stays open, under the same lease."""
    world = _doubtful()
    document_id = await _settled(world)
    api = api_of(world)
    token = (await api.call("review_claim", document_id, {"holder": "Ada"})).body["lease"]["token"]
    body: dict[str, Any] = {"token": token, "corrections": {field: value}}
    _check(await api.call("review_complete", document_id, body), f"/corrections/{field}", field)
    assert 200 == (await api.call("review_complete", document_id, {"token": token})).status


async def test_a_number_beyond_all_bounds_is_refused_as_json_writes_it(api_of: Callable[[World], Api]) -> None:
    """1e999 is JSON, and no number of a computer; NaN is none, but many programs write it."""
    world = _accepted()
    document_id = await _settled(world)
    for literal in (b"1e999", b"-1e999", b"NaN", b"Infinity", b"-Infinity", b"9" * 400):
        body = b'{"run": 1, "revision": 0, "fields": {"total": %b}}' % literal
        answer = await api_of(world).call("document_correct", document_id, body)
        assert (422, "/fields/total") == (answer.status, answer.body["errors"][0]["pointer"])


async def test_every_problem_is_told_at_once(api_of: Callable[[World], Api]) -> None:
    """A form shows them beside their fields."""
    world = _accepted()
    document_id = await _settled(world)
    fields = {"total": "abc", "day": "yesterday", "currency": "EUR", "rows": [{"price": 1}, {"price": "x", "to": "y"}]}
    answer = await api_of(world).call("document_correct", document_id, {"run": 1, "revision": 0, "fields": fields})
    assert ["/fields/total", "/fields/day", "/fields/rows/1/to", "/fields/rows/1/price"] == [
        problem["pointer"] for problem in answer.body["errors"]
    ]


async def test_a_rejected_document_may_lack_what_is_required(api_of: Callable[[World], Api]) -> None:
    """Nobody states the number of what is no note at all; what is stated must still fit."""
    world = _doubtful()
    document_id = await _settled(world)
    api = api_of(world)
    token = (await api.call("review_claim", document_id, {"holder": "Ada"})).body["lease"]["token"]
    body: dict[str, Any] = {"token": token, "disposition": "REJECT", "corrections": {"number": None, "total": "abc"}}
    _check(await api.call("review_complete", document_id, body), "/corrections/total", "total")
    body["corrections"] = {"number": None, "due": None}
    answer = await api.call("review_complete", document_id, body)
    assert (200, None, None) == (
        answer.status,
        answer.body["fields"]["number"]["value"],
        answer.body["fields"]["number"]["confidence"],
    )
