"""What waits in a long queue is not told to hurry at every sweep, and what is no id finds nothing."""

from datetime import timedelta

import pytest

from shared.pipeline.operations.sweep import sweep
from shared.pipeline.store.runs import load
from tests.support.pipeline.world import World


async def test_a_document_that_waits_its_turn_is_not_pushed(world: World) -> None:
    """Behind a long queue nothing is stalled, and a push would lengthen it; in the end it is taken for lost."""
    await world.drop()
    pushed = []
    for _ in range(13):
        pushed.append(await sweep(world.context))
        world.clock.advance(world.context.limits.stalled_after)
    assert [0] * 12 + [1] == pushed


async def test_a_lost_message_is_sent_again_once_per_stall(world: World) -> None:
    """Sweeps every minute, or two at once, send one message, and another only when that one got lost too."""
    await world.drop()
    pushed = []
    for _ in range(12):
        world.queues.receive("read")
        pushed.append(await sweep(world.context) + await sweep(world.context))
        world.clock.advance(timedelta(minutes=1))
    assert [0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0] == pushed


@pytest.mark.parametrize("wrong", ["", "incoming/a b.pdf", "d" + "0" * 23, "d" + "G" * 24, "#?\\"])
async def test_what_is_no_id_finds_no_document(world: World, wrong: str) -> None:
    """Tables refuse some characters as keys; a caller that sends them is answered that there is no such document."""
    await world.drop()
    assert await load(world.context, wrong) is None
