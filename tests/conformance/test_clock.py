"""The Clock port: the machine's clock and its twin."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.adapters.system_clock import SystemClock
from shared.ports.clock import Clock
from shared.testing.clock import START, FixedClock


@pytest.mark.parametrize("clock", [SystemClock(), FixedClock()], ids=["system", "fixed"])
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
