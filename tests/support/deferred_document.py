"""A document whose model was busy once, and what its steps exported."""

from datetime import timedelta
from typing import Any

from shared.domain.base.errors import Throttled
from shared.domain.models.model_call import ModelCall
from tests.support.captured_telemetry import Captured, capture
from tests.support.pipeline.world import ANSWERS, answering, make_world


async def deferred_document() -> tuple[str, Captured]:
    """A document whose extraction is deferred once, and what that exported."""
    failures = [Throttled("busy", timedelta(seconds=3))]

    def respond(_: ModelCall) -> Any:
        if failures:
            raise failures.pop()
        return ANSWERS["extract_note"]

    world = make_world(script=answering(extract_note=respond))
    with capture() as captured:
        document_id = await world.drop()
        await world.settle()
    return document_id, captured
