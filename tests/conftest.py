"""What conformance and integration tests share: one real Azurite for the whole test session."""

from collections.abc import Iterator

import pytest
from hypothesis import settings

from local.azurite import start_azurite

settings.register_profile("shared", deadline=None)  # how long an example takes depends on what else the machine does
settings.load_profile("shared")


@pytest.fixture(scope="session")
def azurite() -> Iterator[str]:
    """The connection string of an Azurite that keeps everything in memory."""
    running = start_azurite()
    yield running.connection_string
    running.stop()
