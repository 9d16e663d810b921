"""The world in which stages are tested."""

import pytest

from tests.unit.stages import searches
from tests.unit.stages.world import World, make_world

searches.register()


@pytest.fixture
def world() -> World:
    """One page of a note, models that read it right."""
    return make_world()
