"""The function app over Worlds in memory."""

from collections.abc import Callable

import pytest

from tests.unit.functions.api import Api
from tests.unit.stages.world import World, make_world


@pytest.fixture
def world() -> World:
    """One page of a note, models that read it right."""
    return make_world()


@pytest.fixture
def api_of(monkeypatch: pytest.MonkeyPatch) -> Callable[[World], Api]:
    """The HTTP API of a World."""
    return lambda world: Api(world, monkeypatch)
