"""The world in which stages are tested."""

import pytest

from tests.support.pipeline.world import World, make_world


@pytest.fixture
def world() -> World:
    """One page of a note, models that read it right."""
    return make_world()
