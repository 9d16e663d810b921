"""Whoever loses a race to end a Run leaves no trace in its result."""

import contextlib
import json
from datetime import timedelta
from typing import Any

from shared.domain.base.errors import Conflict
from shared.pipeline.review import review
from shared.pipeline.review.review import Decision
from shared.testing.builders.pages import text_page
from tests.support.pipeline.world import PAGE, make_world


async def test_a_reviewer_who_was_overtaken_does_not_change_the_result() -> None:
    """Ann's lease ends while her result is being stored, Bob closes the case: what counts is what Bob decided."""
    world = make_world([text_page(1, PAGE[0])])
    document_id = await world.drop()
    await world.settle()
    ann = (await review.claim(world.context, document_id, "Ann")).lease
    write = world.blobs.write
    overtaken = False

    async def slow(container: str, name: str, data: bytes, content_type: str, **options: Any) -> bool:
        nonlocal overtaken
        if "final-" in name and not overtaken:
            overtaken = True
            world.clock.advance(timedelta(hours=1))
            bob = (await review.claim(world.context, document_id, "Bob")).lease
            assert bob is not None
            await review.complete(world.context, document_id, Decision(token=bob.token, corrections={"number": "BOB"}))
        return await write(container, name, data, content_type, **options)

    world.blobs.write = slow  # type: ignore[method-assign]  # the slow network between Ann's two steps
    assert ann is not None
    with contextlib.suppress(Conflict):
        await review.complete(world.context, document_id, Decision(token=ann.token, corrections={"number": "ANN"}))
    await world.settle()
    stored = await world.blobs.read("results", f"note/{document_id}.json")
    assert stored is not None
    assert "BOB" == json.loads(stored)["fields"]["number"]["value"]
    assert 1 == world.told().count("finalized")
