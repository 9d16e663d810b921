"""The function app over Worlds in memory."""

from collections.abc import Callable

import pytest

from tests.support.pipeline.world import World, make_world
from tests.unit.functions.api import Api


@pytest.fixture
def world() -> World:
    """One page of a note, models that read it right."""
    return make_world()


@pytest.fixture
def api_of(monkeypatch: pytest.MonkeyPatch) -> Callable[[World], Api]:
    """The HTTP API of a World."""
    return lambda world: Api(world, monkeypatch)
