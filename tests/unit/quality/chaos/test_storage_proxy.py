"""The proxy before storage: what passes, what does not, and what it counts."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, NamedTuple

import aiohttp
import pytest
from aiohttp import web
from yarl import URL

from quality.chaos.faults.storage_proxy import STORMS, Fault, Weather, storage_proxy
from quality.chaos.faults.switch import Switch
from shared.pipeline.store.context import WORK


class Scripted(Weather):
    """Deals out one fault after another, then none; is never slow."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__(0)
        self._faults = list(faults)

    def draw(self, request: str) -> Fault | None:
        return self._faults.pop(0) if self._faults else None

    async def slow(self) -> None:
        return


class Account(NamedTuple):
    """A service behind a proxy: the proxy's address, and the requests that reached the service."""

    url: str
    session: aiohttp.ClientSession
    is_after_intake: list[tuple[str, str, bytes, str | None]]


@asynccontextmanager
async def account(*faults: Fault, weather: Weather | None = None) -> AsyncIterator[Account]:
    seen: list[tuple[str, str, bytes, str | None]] = []

    async def answer(request: web.Request) -> web.Response:
        seen.append((request.method, request.raw_path, await request.read(), request.headers.get("x-ms-date")))
        return web.Response(status=201, body=b"made", headers={"etag": '"0x1"', "x-ms-version": "1"})

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    origin = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        async with storage_proxy(f"A=b;BlobEndpoint={origin}/acc;", weather or Scripted(*faults)) as told:
            assert told.startswith("A=b;BlobEndpoint=http://127.0.0.1:")
            assert origin not in told
            async with aiohttp.ClientSession() as session:
                yield Account(told.partition("BlobEndpoint=")[2].rstrip(";"), session, seen)
    finally:
        await runner.cleanup()


async def ask(to: Account) -> tuple[int, bytes, Any]:
    """Status, body and headers of one request, of a method that no client repeats by itself."""
    url = URL(f"{to.url}/c/%C3%BC%20a?comp=x%3D1", encoded=True)
    async with to.session.post(url, data=b"body", headers={"x-ms-date": "now"}) as answer:
        return answer.status, await answer.read(), answer.headers


async def test_requests_pass_as_they_are() -> None:
    """Path, query, body and headers are signed: not a letter of them may change, nor of the answer."""
    async with account() as to:
        status, body, headers = await ask(to)
    assert [("POST", "/acc/c/%C3%BC%20a?comp=x%3D1", b"body", "now")] == to.is_after_intake
    assert (201, b"made", '"0x1"', "1") == (status, body, headers["etag"], headers["x-ms-version"])


@pytest.mark.parametrize(
    ("fault", "status", "code", "done"),
    [
        ("busy", 503, "ServerBusy", 0),
        ("error", 500, "InternalError", 0),
        ("precondition", 412, "UpdateConditionNotSatisfied", 0),
        ("busy after", 503, "ServerBusy", 1),
        ("slow", 201, None, 1),
    ],
)
async def test_a_fault_answers_as_the_service_would(fault: Fault, status: int, code: str | None, done: int) -> None:
    """Some are not done, some are done and say otherwise; the next request is well again."""
    async with account(fault) as to:
        first = await ask(to)
        second = await ask(to)
    assert (status, code) == (first[0], first[2].get("x-ms-error-code"))
    assert (201, done + 1) == (second[0], len(to.is_after_intake))


@pytest.mark.parametrize(("fault", "done"), [("unheard", 0), ("cut", 1)])
async def test_a_dropped_request_may_have_been_done(fault: Fault, done: int) -> None:
    """The client sees the same in both cases: no answer."""
    async with account(fault) as to:
        with pytest.raises(aiohttp.ClientError):
            await ask(to)
    assert done == len(to.is_after_intake)


def test_there_is_no_fault_before_the_beginning_and_after_the_end() -> None:
    """The cloud starts and the audit ends in calm weather, whatever storm was called for."""
    weather = Weather(1)
    weather.storm(0.3, 1000)
    assert {None} == {weather.draw("GET /acc/c") for _ in range(200)}
    weather.begin()
    assert {None} != {weather.draw("GET /acc/c") for _ in range(200)}
    weather.end()
    assert {None} == {weather.draw("GET /acc/c") for _ in range(200)}


def test_a_storm_deals_out_its_faults_by_the_seed() -> None:
    """The same seed, the same faults; all that were dealt out are counted."""
    weathers = [Weather(5), Weather(5)]
    for weather in weathers:
        weather.begin()
        weather.storm(0.3, 1000)
    dealt = [[weather.draw("GET /acc/c") for _ in range(300)] for weather in weathers]
    assert dealt[0] == dealt[1]
    assert {*STORMS[1], None} == set(dealt[0])
    assert sum(fault is not None for fault in dealt[0]) == weathers[0].counts.total()


def test_only_a_transaction_fails_its_precondition() -> None:
    """No other request of the app has one that could fail without a reason."""
    weather = Weather(1)
    weather.begin()
    weather.storm(0.9, 1000)
    assert "precondition" not in {weather.draw("PUT /acc/work/x") for _ in range(300)}
    assert "precondition" in {weather.draw("POST /acc/$batch") for _ in range(300)}


@pytest.mark.parametrize(
    ("faults", "refused"),
    [(("busy",) * 4, {"7-a"}), (("busy", "unheard", "slow"), set()), (("cut",), set()), (("busy after",), set())],
)
async def test_an_answer_is_refused_when_no_try_to_store_it_was_done(
    faults: tuple[Fault, ...], refused: set[str]
) -> None:
    """What was done, though the app did not learn it, is kept; only answers of models are looked at."""
    weather = Scripted(*faults)
    async with account(weather=weather) as proxied:
        for _ in faults:
            with suppress(aiohttp.ClientError):
                await proxied.session.put(f"{proxied.url}/{WORK}/answers/r1.json", json={"token": "7-a"})
        await proxied.session.put(f"{proxied.url}/{WORK}/runs/x.json", json={"token": "9-z"})
    assert refused == weather.refused_tries()


@asynccontextmanager
async def switched(switch: Switch) -> AsyncIterator[tuple[dict[str, str], aiohttp.ClientSession]]:
    """An account whose services are behind a switch: the address of each, as the app has it."""

    async def answer(_request: web.Request) -> web.Response:
        return web.Response(text="here")

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runners = [web.AppRunner(app) for _ in range(3)]
    account = ""
    for name, runner in zip(("Blob", "Queue", "Table"), runners, strict=True):
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        account += f"{name}Endpoint=http://127.0.0.1:{runner.addresses[0][1]}/a;"
    try:
        async with storage_proxy(account, Weather(0), switch) as proxied, aiohttp.ClientSession() as session:
            yield dict(re.findall(r"(\w+)Endpoint=([^;]+)", proxied)), session
    finally:
        for runner in runners:
            await runner.cleanup()


async def _status(session: aiohttp.ClientSession, url: str) -> int | str:
    try:
        async with session.get(url) as answer:
            return answer.status
    except aiohttp.ClientConnectorError:
        return "refused"
    except aiohttp.ClientError:
        return "dropped"


async def test_in_an_outage_of_tables_only_tables_are_busy() -> None:
    """They answer 503; blobs and queues are as ever, and all are when it is over."""
    switch = Switch()
    async with switched(switch) as (urls, session):
        await switch.begin("tables")
        during = {name: await _status(session, url) for name, url in urls.items()}
        await switch.end()
        after = {name: await _status(session, url) for name, url in urls.items()}
    assert ({"Blob": 200, "Queue": 200, "Table": 503}, 1) == (during, switch.refused)
    assert {200} == set(after.values())


async def test_in_an_outage_of_all_connections_are_refused() -> None:
    """Those that were open are dropped, new ones refused; afterwards each service is at its old address."""
    switch = Switch()
    async with switched(switch) as (urls, session):
        before = [await _status(session, url) for url in urls.values()]
        await switch.begin("all")
        open_ones = [await _status(session, url) for url in urls.values()]
        new_ones = [await _status(session, url) for url in urls.values()]
        await switch.end()
        after = [await _status(session, url) for url in urls.values()]
    assert ([200] * 3, ["refused"] * 3, [200] * 3) == (before, new_ones, after)
    assert {"dropped", "refused"} >= set(open_ones)
