"""Events from acceptance to their subscribers, over restarts, on a clock of our own."""

import asyncio
from pathlib import Path

import pytest

from local.event_grid.delivery.retry import Outcome
from local.event_grid.delivery.subscription_queue import MAX_CONCURRENT_DELIVERIES
from local.event_grid.delivery.webhook import HandshakeRefusedError
from local.event_grid.grid import State
from tests.support.event_grid import (
    FakeClock,
    FakeEndpoint,
    cloud_event,
    deliveries,
    running,
    subscription,
    until,
    until_attempts,
    until_states,
)

FAILURE = Outcome.of_status(500)


async def test_an_event_reaches_those_who_want_it(tmp_path: Path) -> None:
    """Every subscription whose filter matches gets its own delivery, the others none."""
    other = subscription(name="sub-two", filter={"includedEventTypes": ["other"]})
    endpoint = FakeEndpoint()
    async with running(tmp_path, endpoint, FakeClock(), kept=[subscription(), other]) as grid:
        await grid.publish("intray", [cloud_event("a"), cloud_event("b", type="other")])
        await until_states(grid, "delivered", "delivered", "delivered")
    assert [("sub-one", "a", 0), ("sub-one", "b", 0), ("sub-two", "b", 0)] == sorted(endpoint.sent)


async def test_a_retry_comes_when_it_is_due(tmp_path: Path) -> None:
    """Nothing is sent before its time; once the clock is there the next attempt is made."""
    clock, endpoint = FakeClock(), FakeEndpoint([FAILURE, FAILURE])
    async with running(tmp_path, endpoint, clock, kept=[subscription()]) as grid:
        await grid.publish("intray", [cloud_event()])
        await until_attempts(grid, 1)
        clock.advance(9.9)
        grid.wake()
        await grid.publish("intray", [cloud_event("later")])
        await until_attempts(grid, 1, 1)
        assert ["e1", "later"] == [event for _, event, _ in endpoint.sent]
        clock.advance(0.1)
        grid.wake()
        await until_attempts(grid, 2, 1)


async def test_pending_deliveries_survive_a_restart(tmp_path: Path) -> None:
    """What could not be delivered before the process ended is delivered by the next one, with its attempts counted."""
    clock, dead_end = FakeClock(), FakeEndpoint([FAILURE])
    async with running(tmp_path, dead_end, clock, kept=[subscription()]) as grid:
        await grid.publish("intray", [cloud_event()])
        await until_attempts(grid, 1)
    endpoint = FakeEndpoint()
    async with running(tmp_path, endpoint, clock) as grid:
        await until_states(grid, "delivered")
    assert [("sub-one", "e1", 1)] == endpoint.sent


async def test_a_delivery_under_way_at_the_end_is_made_again(tmp_path: Path) -> None:
    """An attempt whose answer was never heard is not forgotten: at least once, not at most."""
    stuck = FakeEndpoint(gate=asyncio.Event())
    async with running(tmp_path, stuck, FakeClock(), kept=[subscription()]) as grid:
        await grid.publish("intray", [cloud_event()])
        await until(lambda: _is(len(stuck.sent) == 1))
    endpoint = FakeEndpoint()
    async with running(tmp_path, endpoint, FakeClock(), kept=[subscription()]) as grid:
        await until_states(grid, "delivered")
    assert [("sub-one", "e1", 0)] == endpoint.sent


async def test_a_busy_subscriber_is_not_flooded(tmp_path: Path) -> None:
    """No more deliveries than the limit are under way at once, and all arrive."""
    endpoint = FakeEndpoint(gate=asyncio.Event())
    async with running(tmp_path, endpoint, FakeClock(), kept=[subscription()]) as grid:
        await grid.publish("intray", [cloud_event(str(n)) for n in range(40)])
        await until(lambda: _is(len(endpoint.sent) == MAX_CONCURRENT_DELIVERIES))
        assert endpoint.gate is not None
        endpoint.gate.set()
        await until_states(grid, *["delivered"] * 40)
    assert endpoint.busiest == MAX_CONCURRENT_DELIVERIES


async def test_events_wait_for_a_subscriber_that_comes_up_late(tmp_path: Path) -> None:
    """At start the handshake is tried again, and what was published meanwhile is not lost."""
    endpoint = FakeEndpoint(refusals=1)
    async with running(tmp_path, endpoint, FakeClock(), kept=[subscription()]) as grid:
        await grid.publish("intray", [cloud_event()])
        assert [] == endpoint.sent
        await until_states(grid, "delivered")
    assert ["sub-one", "sub-one"] == endpoint.handshakes


async def test_a_subscriber_that_never_agrees_gets_nothing(tmp_path: Path) -> None:
    """After the time for handshakes the subscription has failed, with the reason, and matches no events."""
    endpoint = FakeEndpoint(refusals=1)
    async with running(tmp_path, endpoint, FakeClock(), kept=[subscription()], handshake_seconds=0) as grid:

        async def failed() -> bool:
            return State.FAILED == State((await grid.describe_subscriptions())["sub-one"]["provisioningState"])

        await until(failed)
        assert "not ready" == (await grid.describe_subscriptions())["sub-one"]["reason"]
        await grid.publish("intray", [cloud_event()])
        assert [] == await deliveries(grid)


async def test_a_new_subscription_is_refused_without_a_handshake(tmp_path: Path) -> None:
    """Nothing of it stays behind; with the handshake it is there, and after a restart still."""
    async with running(tmp_path, FakeEndpoint(refusals=1), FakeClock()) as grid:
        with pytest.raises(HandshakeRefusedError):
            await grid.put_subscription(subscription())
        assert {} == await grid.describe_subscriptions()
        await grid.put_subscription(subscription())
    async with running(tmp_path, FakeEndpoint(), FakeClock()) as grid:
        assert ["sub-one"] == list(await grid.describe_subscriptions())


async def test_a_moved_endpoint_gets_at_once_what_waits(tmp_path: Path) -> None:
    """Putting a subscription again, say with another port, does not wait for the retry of the old one."""
    endpoint = FakeEndpoint([FAILURE])
    async with running(tmp_path, endpoint, FakeClock(), kept=[subscription()]) as grid:
        await grid.publish("intray", [cloud_event()])
        await until_attempts(grid, 1)
        await grid.put_subscription(subscription(endpointUrl="http://127.0.0.1:1/"))
        await until_states(grid, "delivered")
    first, second = endpoint.sent
    assert first[:2] == second[:2]


async def test_a_deleted_subscription_takes_its_events_along(tmp_path: Path) -> None:
    """Its pending deliveries are gone, and a second deletion finds nothing."""
    async with running(tmp_path, FakeEndpoint([FAILURE]), FakeClock(), kept=[subscription()]) as grid:
        await grid.publish("intray", [cloud_event()])
        await until_attempts(grid, 1)
        assert await grid.delete("sub-one")
        assert [] == await deliveries(grid)
        assert not await grid.delete("sub-one")


async def test_the_seed_changes_the_order(tmp_path: Path) -> None:
    """With reordering on, events overtake each other, all arrive, and the same seed gives the same order."""

    async def order(state: Path) -> list[str]:
        clock, endpoint = FakeClock(), FakeEndpoint()
        mixed = subscription(faults={"reorderSeconds": 5, "seed": 3})
        async with running(state, endpoint, clock) as grid:
            await grid.put_subscription(mixed)
            await grid.publish("intray", [cloud_event(str(n)) for n in range(10)])
            clock.advance(5)
            grid.wake()
            await until_states(grid, *["delivered"] * 10)
        return [event for _, event, _ in endpoint.sent]

    first = await order(tmp_path / "1")
    assert [str(n) for n in range(10)] == sorted(first)
    assert first != sorted(first)
    assert first == await order(tmp_path / "2")


async def test_a_subscription_to_a_missing_topic_is_refused(tmp_path: Path) -> None:
    """A new one raises; one of an earlier start whose topic has gone does not run."""
    async with running(tmp_path, FakeEndpoint(), FakeClock()) as grid:
        with pytest.raises(ValueError, match="no topic"):
            await grid.put_subscription(subscription(topic="other"))
    async with running(tmp_path, FakeEndpoint(), FakeClock(), kept=[subscription(topic="other")]) as grid:
        assert {} == await grid.describe_subscriptions()


async def test_a_state_file_of_another_version_is_read(tmp_path: Path) -> None:
    """Fields of a stored subscription that this version does not know are ignored."""
    async with running(tmp_path, FakeEndpoint(), FakeClock(), kept=[subscription()]) as grid:
        await grid.store._writer.run(
            lambda db: db.execute("UPDATE subscriptions SET definition = json_set(definition, '$.maxConcurrency', 4)")
        )
    async with running(tmp_path, FakeEndpoint(), FakeClock()) as grid:
        assert ["sub-one"] == list(await grid.describe_subscriptions())


async def test_what_is_shown_holds_no_key(tmp_path: Path) -> None:
    """Endpoints carry keys in their query: neither the view nor a printed subscription repeats it."""
    secret = subscription(endpointUrl="http://127.0.0.1/hook?code=s3cret")
    async with running(tmp_path, FakeEndpoint(), FakeClock(), kept=[secret]) as grid:
        view = (await grid.describe_subscriptions())["sub-one"]
    assert "http://127.0.0.1/hook" == view["endpointBaseUrl"]
    assert "s3cret" not in f"{view}{secret!r}"


async def _is(condition: bool) -> bool:
    return condition
