"""`intray correct` and `intray review` against the HTTP functions over a World in memory."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web

from cli.commands import operate
from cli.deployments import connect
from cli.deployments.connect import AppTarget
from local.cloud.addresses import Addresses, CloudError
from shared.domain.base.errors import Throttled, Unavailable
from shared.ports.reading import SourcePage
from shared.ports.records import Record
from shared.testing.builders.pages import text_page
from tests.support.pipeline.world import PAGE, World, answering, make_world
from tests.unit.functions.api import Api
from tests.unit.functions.kinds import KINDS, READ

FUNCTIONS = {
    ("GET", "documents"): "status",
    ("GET", "documents/{id}"): "document",
    ("POST", "documents/{id}/corrections"): "document_correct",
    ("POST", "reviews/{id}/claim"): "review_claim",
    ("POST", "reviews/{id}/release"): "review_release",
    ("POST", "reviews/{id}/complete"): "review_complete",
}


DOUBTFUL = b"%PDF doubtful"


class Desk:
    """A running API over a World."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def application(self) -> web.Application:
        """The functions behind their routes."""
        application = web.Application()
        for (method, path), function in FUNCTIONS.items():
            application.router.add_route(method, f"/api/{path}", self._handler(function))
        return application

    def _handler(self, function: str) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def handle(request: web.Request) -> web.Response:
            document_id = request.match_info.get("id", "")
            answer = await self._api.call(function, document_id, await request.read(), dict(request.query))
            headers = dict(answer.headers)
            text = json.dumps(answer.body)
            return web.Response(text=text, status=answer.status, headers=headers, content_type=answer.media_type)

        return handle


def _pages(data: bytes) -> Sequence[SourcePage]:
    """The page of a note; of a doubtful one, with another number than the model reads."""
    lines = [line.replace("A-17", "Z-99") if data == DOUBTFUL else line for line in PAGE]
    return [text_page(1, *lines)]


@pytest.fixture
async def world(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    """A World behind an API that the commands find."""
    world = make_world(_pages, script=answering(extract_note=READ), types=[KINDS])
    runner = web.AppRunner(Desk(Api(world, monkeypatch)).application())
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    url = f"http://127.0.0.1:{port}"
    addresses = Addresses(
        pid=1, started=datetime.now(UTC), state=Path(), storage="", api=f"{url}/api", api_key="", admin_key="",
        topic="", topic_key="", event_grid="", subscriber="", models="",
    )  # fmt: skip
    monkeypatch.setattr(connect, "find", lambda _state: addresses)
    yield world
    await runner.cleanup()


async def _final(world: World) -> str:
    document_id = await world.drop()
    await world.settle()
    assert ["received", "finalized"] == world.told()
    return document_id


async def _doubtful(world: World) -> str:
    document_id = await world.drop(data=DOUBTFUL)
    await world.settle()
    assert "in_review" == (await world.run(document_id)).state
    return document_id


@pytest.mark.parametrize(
    ("assignment", "field"),
    [
        ("total=abc", "total"),
        ("total=true", "total"),
        ("total=NaN", "total"),
        ("total=Infinity", "total"),
        ("total=1e999", "total"),
        ("total=1.234,56", "total"),
        ("total= ", "total"),
        ("due=", "due"),
        ("number=", "number"),
        ("day=2026-13-45", "day"),
        ("day=yesterday", "day"),
        ("currency=BANANA", "currency"),
        ("account=XX00", "account"),
        ("rows=lots", "rows"),
        ("rows=[1, 2]", "rows"),
        ("/fields/rows/r1/price=cheap", "rows"),
        ("/fields/rows/-=plums", "rows"),
        ("colour=red", "colour"),
    ],
)
async def test_what_does_not_fit_is_refused_by_both_commands(
    world: World, capsys: pytest.CaptureFixture[str], assignment: str, field: str
) -> None:
    """The exit code is 1; stderr names the field and what it takes; nothing changes, and the case is free again."""
    document_id = await _final(world)
    assert 1 == await operate.correct(document_id, [assignment], AppTarget())
    assert f"'{field}" in capsys.readouterr().err
    doubtful = await _doubtful(world)
    for _ in range(2):
        assert 1 == await operate.review(doubtful, [assignment], False, AppTarget())
        assert f"'{field}" in capsys.readouterr().err
    await world.settle()
    assert "corrected" not in world.told()


async def test_rows_are_corrected_from_the_command_line(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """By pointers; a row is JSON."""
    document_id = await _final(world)
    changes = ["/fields/rows/r1/price=3.00", '/fields/rows/-={"what": "Figs", "price": "0.50"}', "day=2026-11-22"]
    assert 0 == await operate.correct(document_id, changes, AppTarget()), capsys.readouterr().err
    result = await world.result(document_id)
    assert [{"what": "Apples", "price": 3.0}, {"what": "Figs", "price": 0.5}] == result["fields"]["rows"]["value"]
    assert 0 == await operate.correct(document_id, ["/fields/rows/r2=", "day="], AppTarget())
    result = await world.result(document_id)
    assert ([{"what": "Apples", "price": 3.0}], None) == (
        result["fields"]["rows"]["value"],
        result["fields"]["day"]["value"],
    )


async def test_a_case_is_cleared_from_the_command_line(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """Accepted with a correction; a second time there is nothing to clear, and the command says so."""
    document_id = await _doubtful(world)
    assert 0 == await operate.review(document_id, ["number=A-17"], False, AppTarget())
    result = await world.result(document_id)
    assert ("ACCEPT", "A-17") == (result["disposition"], result["fields"]["number"]["value"])
    assert 1 == await operate.review(document_id, [], False, AppTarget())
    assert "is closed" in capsys.readouterr().err


async def test_a_document_is_rejected_from_the_command_line(world: World) -> None:
    """Whatever it lacks."""
    document_id = await _doubtful(world)
    assert 0 == await operate.review(document_id, ["number="], True, AppTarget())
    assert "REJECT" == (await world.run(document_id)).disposition


async def test_storage_that_is_away_for_a_moment_is_waited_for(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """As long as the answer asks for, within bounds; then the command goes on."""
    document_id = await _final(world)
    get, refusals, pauses = world.records.get, [Throttled("slow", timedelta(seconds=2)), Unavailable("away")], []

    async def refuse_at_first(table: str, partition: str, key: str) -> Record | None:
        if refusals:
            raise refusals.pop(0)
        return await get(table, partition, key)

    async def note_pause(seconds: float) -> None:
        pauses.append(seconds)

    monkeypatch.setattr(world.records, "get", refuse_at_first)
    monkeypatch.setattr("local.cloud.api.asyncio.sleep", note_pause)
    assert 0 == await operate.correct(document_id, ["day=2026-11-22"], AppTarget())
    assert [2.0, 5.0] == [seconds for seconds in pauses if seconds]


async def test_an_assignment_has_a_sign(world: World) -> None:
    """A word without one is a mistake, not an empty value."""
    with pytest.raises(CloudError, match="write FIELD=VALUE"):
        await operate.correct(await _final(world), ["total"], AppTarget())
