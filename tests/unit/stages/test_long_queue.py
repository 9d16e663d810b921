"""What waits in a long queue is not told to hurry at every sweep, and what is no id finds nothing."""

from datetime import timedelta

import pytest

from shared.stages.ledger import load
from shared.stages.sweep import sweep
from tests.unit.stages.world import World


async def test_a_waiting_document_is_pushed_once_per_stall(world: World) -> None:
    """Sweeps every minute over an hour's backlog must not fill the queue with copies of the same message."""
    await world.drop()
    world.clock.advance(world.core.limits.stalled_after)
    pushed = []
    for _ in range(10):
        pushed.append(await sweep(world.core))
        world.clock.advance(timedelta(minutes=1))
    assert [1, 0, 0, 0, 0, 1, 0, 0, 0, 0] == pushed


@pytest.mark.parametrize("wrong", ["", "incoming/a b.pdf", "d" + "0" * 23, "d" + "G" * 24, "#?\\"])
async def test_what_is_no_id_finds_no_document(world: World, wrong: str) -> None:
    """Tables refuse some characters as keys; a caller that sends them is answered that there is no such document."""
    await world.drop()
    assert await load(world.core, wrong) is None
