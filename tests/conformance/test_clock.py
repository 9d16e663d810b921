"""The Clock port: the machine's clock, the same corrected by storage, and the twin."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.adapters.storage.blobs import AzureBlobs
from shared.adapters.storage.clock import StorageClock
from shared.adapters.storage.system_clock import SystemClock
from shared.adapters.storage.tables import AzureTables
from shared.ports.clock import Clock
from shared.testing.clock import START, FixedClock

SKEWS = st.timedeltas(timedelta(hours=-2), timedelta(hours=2))
ELAPSED = st.lists(st.tuples(st.floats(0, 3), st.floats(0, 3)), min_size=1, max_size=8)


class WrongClock:
    """A machine's clock that is ahead, or behind."""

    def __init__(self, ahead: timedelta) -> None:
        self._ahead = ahead

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead


@pytest.mark.parametrize(
    "clock", [SystemClock(), StorageClock(SystemClock()), FixedClock()], ids=lambda one: type(one).__name__
)
def test_time_is_utc_and_never_runs_back(clock: Clock) -> None:
    """A time without its zone could not be compared with a blob's."""
    first, second = clock.now(), clock.now()
    assert timedelta(0) == first.utcoffset()
    assert first <= second


def test_the_systems_clock_tells_the_time() -> None:
    """It lies between two looks at the machine's own."""
    before = datetime.now(UTC)
    told = SystemClock().now()
    assert before <= told <= datetime.now(UTC)


def test_the_twin_moves_only_when_told() -> None:
    """Tests wait for nothing."""
    clock = FixedClock()
    assert START == clock.now()
    clock.advance(timedelta(minutes=5))
    assert START + timedelta(minutes=5) == clock.now()


@given(SKEWS, ELAPSED)
def test_storage_bounds_what_time_it_is(skew: timedelta, answers: list[tuple[float, float]]) -> None:
    """However wrong the own clock: after an answer it is no more wrong than a second and the answer's time."""
    true = FixedClock()
    own = FixedClock(START + skew)
    clock = StorageClock(own)
    for way, back in answers:
        for fixed in (true, own):
            fixed.advance(timedelta(seconds=way))
        date = format_datetime(true.now(), usegmt=True)
        for fixed in (true, own):
            fixed.advance(timedelta(seconds=back))
        clock.observe(date, way + back)
        assert abs(clock.now() - true.now()) <= timedelta(seconds=1 + way + back)


@given(ELAPSED)
def test_a_clock_that_is_right_is_left_alone(answers: list[tuple[float, float]]) -> None:
    """Slow answers and whole seconds prove nothing against it."""
    own = FixedClock()
    clock = StorageClock(own)
    for way, back in answers:
        own.advance(timedelta(seconds=way))
        date = format_datetime(own.now(), usegmt=True)
        own.advance(timedelta(seconds=back))
        clock.observe(date, way + back)
        assert own.now() == clock.now()


def test_what_is_no_date_says_nothing() -> None:
    """A proxy may send anything."""
    clock = StorageClock(FixedClock())
    clock.observe("yesterday", 0.1)
    assert START == clock.now()


@pytest.mark.parametrize("ahead", [-40.0, 40.0])
@pytest.mark.parametrize("port", ["blobs", "records"])
async def test_storage_tells_the_time_with_every_answer(azurite: str, ahead: float, port: str) -> None:
    """Two instances whose clocks are wrong agree once each has asked for anything, even for what is not there."""
    clock = StorageClock(WrongClock(timedelta(seconds=ahead)))
    blobs = AzureBlobs.from_connection_string(azurite, on_date=clock.observe)
    records = AzureTables.from_connection_string(azurite, on_date=clock.observe)
    if port == "blobs":
        assert await blobs.info("incoming", "nothing") is None
    else:
        assert await records.get("documents", "nobody", "nothing") is None
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)
    await blobs.close()
    await records.close()
