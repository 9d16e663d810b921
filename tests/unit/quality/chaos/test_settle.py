"""When a run counts as settled, and when it is given up."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, cast

import pytest

from quality.chaos.evidence.outside import Outside
from quality.chaos.settle import Settling


@dataclass(frozen=True)
class Look:
    """What is seen at one look."""

    marks: tuple[str, ...] = ()
    waiting: tuple[tuple[str, int], ...] = ()
    pending: int = 0
    documents: tuple[str, ...] = ("d1",)


class Scripted:
    """An account and an Event Grid that show one Look after another, the last for ever; a look takes ten seconds."""

    def __init__(self, looks: Sequence[Look]) -> None:
        self._looks = list(looks)
        self.now = looks[0]
        self.seconds = 0.0

    async def marks(self) -> list[str]:
        self.now = self._looks.pop(0) if self._looks else self.now
        self.seconds += 10
        return list(self.now.marks)

    async def waiting(self) -> dict[str, int]:
        return dict(self.now.waiting)

    async def taken_in(self) -> set[str]:
        return set(self.now.documents)

    @asynccontextmanager
    async def get(self, _url: str) -> AsyncIterator["Scripted"]:
        yield self

    async def json(self) -> list[dict[str, Any]]:
        return [{"deliveries": {"pending": self.now.pending, "delivered": 9}}]


async def settled(*looks: Look) -> tuple[bool, float]:
    world = Scripted(looks)
    settling = Settling(cast("Outside", world), cast("Any", world), "grid", lambda _: None, 0, lambda: world.seconds)
    return await settling.wait({"d1"}), world.seconds


async def test_rest_must_last_three_looks() -> None:
    """A blob that was just written is announced a little later."""
    busy = Look(marks=("d1",))
    assert (True, 70.0) == await settled(busy, Look(), Look(), Look(pending=1), Look(), Look(), Look())


@pytest.mark.parametrize("look", [Look(marks=("d1",)), Look(waiting=(("read", 1),)), Look(pending=1)])
async def test_what_no_longer_moves_is_given_up(look: Look) -> None:
    """After four minutes without any change, whatever it is that is left."""
    ended, seconds = await settled(look)
    assert (False, True) == (ended, 240 < seconds <= 270)


async def test_a_lost_upload_is_given_up_sooner() -> None:
    """Nothing is left that could take it in."""
    ended, seconds = await settled(Look(documents=()))
    assert (False, True) == (ended, seconds <= 80)


async def test_slow_progress_is_progress() -> None:
    """A change at each look keeps it waiting."""
    looks = [Look(waiting=(("read", left),)) for left in range(60, 0, -1)]
    assert (True, 630.0) == await settled(*looks, Look())
