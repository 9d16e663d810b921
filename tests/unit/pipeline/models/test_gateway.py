"""Each distinct request is paid once, also when equal ones come together or their asker dies."""

import asyncio
import json
from datetime import timedelta

import pytest

from shared.domain.base.errors import Throttled, Unavailable
from shared.domain.base.stored import dump_stored
from shared.domain.models.model_call import ModelAnswer, ModelCall, TextPart, Usage
from shared.pipeline.models.gateway.gateway import Gateway, StoredAnswer, answer_name
from shared.pipeline.models.gateway.single_flight import LEASE, BeingAsked, SingleFlight
from shared.testing.blobs import MemoryBlobs
from shared.testing.clock import FixedClock
from shared.testing.records import MemoryRecords
from tests.support.pipeline.world import CATALOGUE

CALL = ModelCall(
    deployment="see", system="s", parts=(TextPart(text="t"),), schema_name="n", json_schema={}, max_output_tokens=9
)
ANSWER = ModelAnswer(text="{}", finish="stop", model="see", usage=Usage(prompt=1000, completion=100))


class SlowModels:
    """The Models port: answers when it is allowed to, and counts."""

    def __init__(self) -> None:
        self.asked = 0
        self.request_ids: list[str] = []
        self.begun = asyncio.Event()
        self.allowed = asyncio.Event()
        self.failure: Exception | None = None

    async def answer(self, call: ModelCall, request_id: str = "") -> ModelAnswer:
        """Answer once allowed; raise `failure` when there is one."""
        self.asked += 1
        self.request_ids.append(request_id)
        self.begun.set()
        await self.allowed.wait()
        if self.failure is not None:
            raise self.failure
        return ANSWER


class BusyBlobs(MemoryBlobs):
    """Blobs that are too busy for names that begin with `busy`, while that is set."""

    busy: str | None = None

    async def write(self, container: str, name: str, data: bytes, content_type: str, *, only_new: bool = False) -> bool:
        """Raise Throttled, or write."""
        if self.busy and name.startswith(self.busy):
            raise Throttled("storage is busy", timedelta(seconds=1))
        return await super().write(container, name, data, content_type, only_new=only_new)


class Desk:
    """A gateway with its parts in reach."""

    def __init__(self) -> None:
        self.models = SlowModels()
        self.clock = FixedClock()
        self.single_flight = SingleFlight(MemoryRecords(), self.clock)
        self.blobs = BusyBlobs()
        self.gateway = Gateway(self.models, self.blobs, "work", CATALOGUE, self.single_flight)


@pytest.fixture
def desk() -> Desk:
    """A gateway whose model waits to be allowed."""
    return Desk()


async def test_equal_requests_at_the_same_time_are_asked_once(desk: Desk) -> None:
    """The second asker is told to come back, and then reuses the answer for nothing."""
    first = asyncio.create_task(desk.gateway.ask(CALL, "first"))
    await desk.models.begun.wait()
    with pytest.raises(BeingAsked):
        await desk.gateway.ask(CALL, "second")
    desk.models.allowed.set()
    assert 1 == (await first).bill.calls
    again = await desk.gateway.ask(CALL, "second")
    assert (0, 1, 0.0) == (again.bill.calls, again.bill.reused, again.bill.cost_usd)
    assert (1, 1) == (desk.models.asked, await desk.single_flight.tries(CALL.hash()))


async def test_a_dead_asker_is_taken_over_and_the_ledger_says_so(desk: Desk) -> None:
    """When the asker does not renew its claim, the next one asks; the ledger counts two calls that may be billed."""
    dead = desk.single_flight.claim(CALL.hash())
    await dead.__aenter__()
    with pytest.raises(BeingAsked):
        await desk.gateway.ask(CALL, "second")
    desk.clock.advance(LEASE)
    desk.models.allowed.set()
    await desk.gateway.ask(CALL, "second")
    assert (1, 2) == (desk.models.asked, await desk.single_flight.tries(CALL.hash()))
    await dead.__aexit__(None, None, None)


async def test_a_throttled_call_is_not_on_the_bill(desk: Desk) -> None:
    """The server refused before doing anything: the claim is given back at once, and no try is counted."""
    desk.models.failure = Throttled("slow down", timedelta(seconds=60))
    desk.models.allowed.set()
    with pytest.raises(Throttled):
        await desk.gateway.ask(CALL, "first")
    assert 0 == await desk.single_flight.tries(CALL.hash())
    desk.models.failure = None
    assert 1 == (await desk.gateway.ask(CALL, "first")).bill.calls
    assert 1 == await desk.single_flight.tries(CALL.hash())


async def test_a_call_whose_answer_was_lost_may_have_been_billed(desk: Desk) -> None:
    """A dropped connection says nothing about the bill, so both tries stay on record."""
    desk.models.failure = Unavailable("connection dropped")
    desk.models.allowed.set()
    with pytest.raises(Unavailable):
        await desk.gateway.ask(CALL, "first")
    desk.models.failure = None
    await desk.gateway.ask(CALL, "first")
    assert 2 == await desk.single_flight.tries(CALL.hash())


async def test_the_step_that_paid_bills_again_after_a_crash(desk: Desk) -> None:
    """A step that finds its own answer lost its receipt: its bill is counted, the model is not asked again."""
    desk.models.allowed.set()
    first = await desk.gateway.ask(CALL, "step")
    again = await desk.gateway.ask(CALL, "step")
    assert first == again
    assert 0.002 == again.bill.cost_usd
    assert 1 == desk.models.asked


@pytest.mark.parametrize(("busy", "tries"), [("answers/", 1), ("paid/", 0)])
async def test_busy_storage_says_nothing_about_the_bill(desk: Desk, busy: str, tries: int) -> None:
    """An answer that could not be stored was paid all the same; a call that was never made was not."""
    desk.models.allowed.set()
    desk.blobs.busy = busy
    with pytest.raises(Throttled):
        await desk.gateway.ask(CALL, "first")
    assert (tries, tries) == (desk.models.asked, await desk.single_flight.tries(CALL.hash()))
    desk.blobs.busy = None
    await desk.gateway.ask(CALL, "first")
    assert tries + 1 == await desk.single_flight.tries(CALL.hash())


async def test_an_answer_found_once_the_claim_is_taken_is_no_try(desk: Desk) -> None:
    """Somebody stored it between the two looks: nothing is asked, so nothing may have been billed."""
    desk.models.allowed.set()
    await desk.gateway.ask(CALL, "first")
    desk.clock.advance(LEASE)
    async with desk.single_flight.claim(CALL.hash()):
        assert 2 == await desk.single_flight.tries(CALL.hash())
    assert 1 == await desk.single_flight.tries(CALL.hash())


async def test_an_answer_of_another_asker_is_found_once_the_claim_is_taken_over(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was stored after the first look for it, so only a look under the claim keeps it from being paid twice."""
    dead = desk.single_flight.claim(CALL.hash())
    claim = await dead.__aenter__()
    kept = StoredAnswer(payer="other", token=claim.token, answer=ANSWER)
    read, looks = desk.blobs.read, 0

    async def late(container: str, name: str) -> bytes | None:
        nonlocal looks
        looks += name == answer_name(CALL.hash())
        return dump_stored(kept).encode() if looks > 1 else await read(container, name)

    monkeypatch.setattr(desk.blobs, "read", late)
    desk.clock.advance(LEASE)
    assert 1 == (await desk.gateway.ask(CALL, "second")).bill.reused
    assert (0, 2) == (desk.models.asked, looks)
    await dead.__aexit__(None, None, None)


async def test_a_first_asker_looks_once_for_an_answer(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody held the request before, nobody can have stored its answer meanwhile."""
    looks: list[str] = []
    read = desk.blobs.read

    async def counted(container: str, name: str) -> bytes | None:
        looks.append(name)
        return await read(container, name)

    monkeypatch.setattr(desk.blobs, "read", counted)
    desk.models.allowed.set()
    await desk.gateway.ask(CALL, "first")
    assert [answer_name(CALL.hash())] == looks


async def test_a_call_is_told_by_request_and_try(desk: Desk) -> None:
    """The server is told which line of the ledger a call belongs to, and the stored answer names the same try."""
    desk.models.failure = Unavailable("connection dropped")
    desk.models.allowed.set()
    with pytest.raises(Unavailable):
        await desk.gateway.ask(CALL, "first")
    desk.models.failure = None
    await desk.gateway.ask(CALL, "first")
    requests, tokens = zip(*(name.split(".") for name in desk.models.request_ids), strict=True)
    stored = await desk.blobs.read("work", answer_name(CALL.hash()))
    assert stored is not None
    assert {CALL.hash()} == set(requests)
    assert 2 == len(set(tokens))
    assert tokens[1] == json.loads(stored)["token"]
