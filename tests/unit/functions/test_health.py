"""`GET health`: for anybody, and with the offer of the source code."""

from collections.abc import Callable

import pytest

from shared import bootstrap
from shared.settings import Settings
from tests.support.pipeline.world import World
from tests.unit.functions.api import Api


@pytest.mark.parametrize("address", [None, "https://code.example/intray"])
async def test_health_says_where_the_source_is(
    world: World, api_of: Callable[[World], Api], monkeypatch: pytest.MonkeyPatch, address: str | None
) -> None:
    """The AGPL of PyMuPDF wants it offered to whoever uses the app over a network, without a sign-in."""
    monkeypatch.setattr(bootstrap, "settings", lambda: Settings(source_url=address))
    api = api_of(world)
    api.headers = {}
    answer = await api.call("health")
    assert (200, "ok", address) == (answer.status, answer.body["status"], answer.body["source"])
