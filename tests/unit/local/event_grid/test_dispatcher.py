"""One attempt and what is written down about it, on a clock that stands still."""

from dataclasses import replace

import pytest

from local.event_grid.delivery.dead_letter import BlobDeadLetters, DeadLetterUnavailableError, dead_letter
from local.event_grid.delivery.dispatcher import Dispatcher
from local.event_grid.delivery.retry import Outcome
from local.event_grid.state.tables import Delivery
from tests.support.event_grid import (
    START,
    FakeClock,
    FakeDeadLetters,
    FakeEndpoint,
    FakeRecorder,
    cloud_event,
    grid_event,
    subscription,
)

DELIVERY = Delivery(1, 6, cloud_event(), accepted=START, due=START, expires=START + 3600)


class World:
    """A dispatcher among fakes."""

    def __init__(self, *answers: int, **settings: object) -> None:
        self.clock, self.recorder, self.dead = FakeClock(), FakeRecorder(), FakeDeadLetters()
        self.endpoint = FakeEndpoint([Outcome.of_status(status) for status in answers])
        self.subscription = subscription(**settings)
        self.dispatcher = Dispatcher(self.recorder, self.endpoint, self.dead, self.clock.now)

    async def dispatch(self, delivery: Delivery = DELIVERY) -> Delivery:
        """Make one attempt; the delivery as it was recorded."""
        await self.dispatcher.dispatch(self.subscription, delivery)
        assert self.recorder.delivery is not None
        return self.recorder.delivery


async def test_a_taken_event_is_done() -> None:
    """A success is recorded with its attempt, status and outcome."""
    world = World(204)
    done = await world.dispatch()
    assert ("delivered", 1, 204, "NoContent", START) == (
        world.recorder.state,
        done.attempts,
        done.last_status,
        done.last_outcome,
        done.last_attempt,
    )


async def test_a_failed_event_waits_for_its_turn() -> None:
    """The next attempt is due ten seconds after the first and thirty after the second."""
    world = World(500, 500)
    first = await world.dispatch()
    assert ("pending", 1, START + 10) == (world.recorder.state, first.attempts, first.due)
    world.clock.advance(10)
    assert START + 10 + 30 == (await world.dispatch(first)).due


async def test_without_dead_lettering_a_refused_event_is_dropped() -> None:
    """Dead-lettering is off by default; the drop is on record with its reason."""
    world = World(400)
    dropped = await world.dispatch()
    assert ("dropped", "UndeliverableDueToHttpBadRequest") == (world.recorder.state, dropped.reason)


@pytest.mark.parametrize("status", [400, 401, 403, 413])
async def test_a_refused_event_is_dead_lettered_at_once(status: int) -> None:
    """No retry follows an answer that cannot change."""
    world = World(status, deadLetterContainer="dead")
    await world.dispatch()
    assert "dead_lettered" == world.recorder.state
    assert [1] == [one.attempts for one in world.dead.kept]


async def test_the_last_attempt_ends_in_a_dead_letter() -> None:
    """After the thirtieth failure there is no other."""
    world = World(500, deadLetterContainer="dead")
    await world.dispatch(replace(DELIVERY, attempts=29))
    assert ["MaxDeliveryAttemptsExceeded"] == [one.reason for one in world.dead.kept]


async def test_an_expired_event_is_not_sent() -> None:
    """When its time to live is over an event goes to the dead letters without another attempt."""
    world = World(deadLetterContainer="dead")
    world.clock.advance(3600)
    await world.dispatch()
    assert [] == world.endpoint.sent
    assert ["TimeToLiveExceeded"] == [one.reason for one in world.dead.kept]


async def test_a_dead_letter_waits_for_its_container() -> None:
    """Where it cannot be stored the event stays pending, and is stored later without being sent again."""
    world = World(400, deadLetterContainer="dead")
    world.dead.broken = True
    waiting = await world.dispatch()
    assert ("pending", START + 60) == (world.recorder.state, waiting.due)
    world.dead.broken = False
    await world.dispatch(waiting)
    assert ("dead_lettered", 1) == (world.recorder.state, len(world.endpoint.sent))


async def test_after_four_hours_a_dead_letter_is_dropped() -> None:
    """A container that stays away does not keep events for ever."""
    world = World(400, deadLetterContainer="dead")
    world.dead.broken = True
    waiting = await world.dispatch()
    world.clock.advance(4 * 3600)
    await world.dispatch(waiting)
    assert "dropped" == world.recorder.state


async def test_every_nth_event_comes_twice() -> None:
    """The success of event 6 is forgotten once when every third is duplicated; that of event 7 is not."""
    world = World(faults={"duplicateEvery": 3})
    forgotten = await world.dispatch()
    assert ("pending", 1, START) == (world.recorder.state, forgotten.acknowledged, forgotten.due)
    await world.dispatch(forgotten)
    assert "delivered" == world.recorder.state
    await world.dispatch(replace(DELIVERY, event_number=7))
    assert "delivered" == world.recorder.state


async def test_copies_come_as_often_as_asked() -> None:
    """Two copies make three deliveries."""
    world = World(faults={"duplicateEvery": 1, "copies": 2})
    delivery = DELIVERY
    while world.recorder.state == "pending":
        delivery = await world.dispatch(delivery)
    assert [0, 1, 2] == [attempts for _, _, attempts in world.endpoint.sent]


async def test_the_seed_chooses_which_events_come_twice() -> None:
    """A probability picks about its share, and the same ones every time."""

    async def chosen(seed: int) -> list[int]:
        world, found = World(faults={"duplicateProbability": 0.3, "seed": seed}), list[int]()
        for number in range(200):
            await world.dispatch(replace(DELIVERY, event=cloud_event(str(number))))
            found += [number] if world.recorder.state == "pending" else []
        return found

    first = await chosen(1)
    assert 40 <= len(first) <= 80
    assert first == await chosen(1)
    assert first != await chosen(2)


def test_a_dead_letter_says_why() -> None:
    """CloudEvents carry the reason in small letters, Event Grid events in theirs."""
    failed = replace(DELIVERY, attempts=2, last_attempt=START, last_status=404, last_outcome="NotFound", reason="Why")
    cloud = dead_letter(failed)
    assert ("Why", 2, "NotFound", 404) == tuple(
        cloud[name] for name in ("deadletterreason", "deliveryattempts", "lastdeliveryoutcome", "lasthttpstatuscode")
    )
    assert "2027-01-15T08:00:00Z" == cloud["publishtime"]
    grid = dead_letter(replace(failed, event=grid_event()))
    assert ("Why", 2) == (grid["deadLetterReason"], grid["deliveryAttempts"])


async def test_without_storage_no_dead_letter_is_kept() -> None:
    """A missing storage account is said, not passed over."""
    with pytest.raises(DeadLetterUnavailableError):
        await BlobDeadLetters(None).store(subscription(deadLetterContainer="dead"), DELIVERY)
