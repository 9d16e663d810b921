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


class GatewayFixture:
    """A gateway with its parts in reach."""

    def __init__(self) -> None:
        self.models = SlowModels()
        self.clock = FixedClock()
        self.single_flight = SingleFlight(MemoryRecords(), self.clock)
        self.blobs = BusyBlobs()
        self.gateway = Gateway(self.models, self.blobs, "work", CATALOGUE, self.single_flight)


@pytest.fixture
def setup() -> GatewayFixture:
    """A gateway whose model waits to be allowed."""
    return GatewayFixture()


async def test_equal_requests_at_the_same_time_are_asked_once(setup: GatewayFixture) -> None:
    """The second asker is told to come back, and then reuses the answer for nothing."""
    first = asyncio.create_task(setup.gateway.ask(CALL, "first"))
    await setup.models.begun.wait()
    with pytest.raises(BeingAsked):
        await setup.gateway.ask(CALL, "second")
    setup.models.allowed.set()
    assert 1 == (await first).bill.calls
    again = await setup.gateway.ask(CALL, "second")
    assert (0, 1, 0.0) == (again.bill.calls, again.bill.reused, again.bill.cost_usd)
    assert (1, 1) == (setup.models.asked, await setup.single_flight.tries(CALL.hash()))


async def test_a_dead_asker_is_taken_over_and_the_ledger_says_so(setup: GatewayFixture) -> None:
    """When the asker does not renew its claim, the next one asks; the ledger counts two calls that may be billed."""
    dead = setup.single_flight.claim(CALL.hash())
    await dead.__aenter__()
    with pytest.raises(BeingAsked):
        await setup.gateway.ask(CALL, "second")
    setup.clock.advance(LEASE)
    setup.models.allowed.set()
    await setup.gateway.ask(CALL, "second")
    assert (1, 2) == (setup.models.asked, await setup.single_flight.tries(CALL.hash()))
    await dead.__aexit__(None, None, None)


async def test_a_throttled_call_is_not_on_the_bill(setup: GatewayFixture) -> None:
    """The server refused before doing anything: the claim is given back at once, and no try is counted."""
    setup.models.failure = Throttled("slow down", timedelta(seconds=60))
    setup.models.allowed.set()
    with pytest.raises(Throttled):
        await setup.gateway.ask(CALL, "first")
    assert 0 == await setup.single_flight.tries(CALL.hash())
    setup.models.failure = None
    assert 1 == (await setup.gateway.ask(CALL, "first")).bill.calls
    assert 1 == await setup.single_flight.tries(CALL.hash())


async def test_a_call_whose_answer_was_lost_may_have_been_billed(setup: GatewayFixture) -> None:
    """A dropped connection says nothing about the bill, so both tries stay on record."""
    setup.models.failure = Unavailable("connection dropped")
    setup.models.allowed.set()
    with pytest.raises(Unavailable):
        await setup.gateway.ask(CALL, "first")
    setup.models.failure = None
    await setup.gateway.ask(CALL, "first")
    assert 2 == await setup.single_flight.tries(CALL.hash())


async def test_the_step_that_paid_bills_again_after_a_crash(setup: GatewayFixture) -> None:
    """A step that finds its own answer lost its receipt: its bill is counted, the model is not asked again."""
    setup.models.allowed.set()
    first = await setup.gateway.ask(CALL, "step")
    again = await setup.gateway.ask(CALL, "step")
    assert first == again
    assert 0.002 == again.bill.cost_usd
    assert 1 == setup.models.asked


@pytest.mark.parametrize(("busy", "tries"), [("answers/", 1), ("paid/", 0)])
async def test_busy_storage_says_nothing_about_the_bill(setup: GatewayFixture, busy: str, tries: int) -> None:
    """An answer that could not be stored was paid all the same; a call that was never made was not."""
    setup.models.allowed.set()
    setup.blobs.busy = busy
    with pytest.raises(Throttled):
        await setup.gateway.ask(CALL, "first")
    assert (tries, tries) == (setup.models.asked, await setup.single_flight.tries(CALL.hash()))
    setup.blobs.busy = None
    await setup.gateway.ask(CALL, "first")
    assert tries + 1 == await setup.single_flight.tries(CALL.hash())


async def test_an_answer_found_once_the_claim_is_taken_is_no_try(setup: GatewayFixture) -> None:
    """Somebody stored it between the two looks: nothing is asked, so nothing may have been billed."""
    setup.models.allowed.set()
    await setup.gateway.ask(CALL, "first")
    setup.clock.advance(LEASE)
    async with setup.single_flight.claim(CALL.hash()):
        assert 2 == await setup.single_flight.tries(CALL.hash())
    assert 1 == await setup.single_flight.tries(CALL.hash())


async def test_an_answer_of_another_asker_is_found_once_the_claim_is_taken_over(
    setup: GatewayFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was stored after the first look for it, so only a look under the claim keeps it from being paid twice."""
    dead = setup.single_flight.claim(CALL.hash())
    claim = await dead.__aenter__()
    kept = StoredAnswer(payer="other", token=claim.token, answer=ANSWER)
    read, looks = setup.blobs.read, 0

    async def late(container: str, name: str) -> bytes | None:
        nonlocal looks
        looks += name == answer_name(CALL.hash())
        return dump_stored(kept).encode() if looks > 1 else await read(container, name)

    monkeypatch.setattr(setup.blobs, "read", late)
    setup.clock.advance(LEASE)
    assert 1 == (await setup.gateway.ask(CALL, "second")).bill.reused
    assert (0, 2) == (setup.models.asked, looks)
    await dead.__aexit__(None, None, None)


async def test_a_first_asker_looks_once_for_an_answer(setup: GatewayFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody held the request before, nobody can have stored its answer meanwhile."""
    looks: list[str] = []
    read = setup.blobs.read

    async def counted(container: str, name: str) -> bytes | None:
        looks.append(name)
        return await read(container, name)

    monkeypatch.setattr(setup.blobs, "read", counted)
    setup.models.allowed.set()
    await setup.gateway.ask(CALL, "first")
    assert [answer_name(CALL.hash())] == looks


async def test_a_call_is_told_by_request_and_try(setup: GatewayFixture) -> None:
    """The server is told which line of the ledger a call belongs to, and the stored answer names the same try."""
    setup.models.failure = Unavailable("connection dropped")
    setup.models.allowed.set()
    with pytest.raises(Unavailable):
        await setup.gateway.ask(CALL, "first")
    setup.models.failure = None
    await setup.gateway.ask(CALL, "first")
    requests, tokens = zip(*(name.split(".") for name in setup.models.request_ids), strict=True)
    stored = await setup.blobs.read("work", answer_name(CALL.hash()))
    assert stored is not None
    assert {CALL.hash()} == set(requests)
    assert 2 == len(set(tokens))
    assert tokens[1] == json.loads(stored)["token"]
