"""A part that dies is started again, but not for ever."""

import asyncio

import pytest

from local.cloud import services
from local.cloud.addresses import CloudError
from local.cloud.services import keep_running


class Mortal:
    """A service whose lives end with the given exit codes; it waits for ever in the last one."""

    name = "part"
    pid = 1

    def __init__(self, codes: list[int], failing_starts: int = 0) -> None:
        self._codes = iter(codes)
        self._failing_starts = failing_starts
        self.starts = 0
        self.alive = asyncio.Event()

    async def start(self) -> None:
        self.starts += 1
        if self.starts <= self._failing_starts:
            raise CloudError("The part did not start.")

    async def stop(self) -> None:
        return

    async def wait(self) -> int:
        code = next(self._codes, None)
        if code is None:
            self.alive.set()
            await asyncio.Event().wait()
        return code or 0


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "_PAUSE", 0)


async def test_a_part_that_was_killed_is_started_again() -> None:
    """The report says how it ended; the addresses are written again, for its process is another."""
    part, said, written = Mortal([-9, 1]), list[str](), list[bool]()
    keeping = asyncio.create_task(keep_running(part, said.append, lambda: written.append(True)))
    await part.alive.wait()
    keeping.cancel()
    assert (2, [True, True]) == (part.starts, written)
    ends = ["killed by signal 9", "exit code 1"]
    assert [f"The part ended ({end}); starting it again." for end in ends] == said


async def test_a_start_that_fails_is_tried_again() -> None:
    """Its port may be free a moment later."""
    part, said = Mortal([-9], failing_starts=2), list[str]()
    keeping = asyncio.create_task(keep_running(part, said.append, lambda: None))
    await part.alive.wait()
    keeping.cancel()
    assert (3, 2) == (part.starts, said.count("The part did not start."))


async def test_a_part_that_keeps_dying_ends_the_cloud() -> None:
    """Five ends within a minute are no accident."""
    part = Mortal([1] * 9)
    with pytest.raises(CloudError, match="5 times within a minute"):
        await keep_running(part, lambda _text: None, lambda: None)
    assert 4 == part.starts
