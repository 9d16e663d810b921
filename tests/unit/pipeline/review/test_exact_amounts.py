"""An amount keeps its digits from the model's answer to the result."""

import json
from decimal import Decimal
from typing import Any

from shared.domain.documents.run import State
from shared.domain.models.model_call import ModelAnswer, Usage
from shared.pipeline.operations.status import load_detail
from shared.pipeline.review.correct import CorrectionRequest, correct
from shared.testing.builders.pages import text_page
from tests.support.pipeline.world import World, answering, make_world


def world_of(printed: str, answer: str) -> World:
    """A note with one row and a total, both as printed, which the model gives in the digits of `answer`."""
    text = (
        '{"number": {"value": "A-17", "lines": ["p1.l2"]}, "total": {"value": TOTAL, "lines": ["p1.l4"]},'
        ' "rows": [{"what": "Apples", "price": TOTAL, "lines": ["p1.l3"]}]}'
    ).replace("TOTAL", answer)
    said = ModelAnswer(text=text, finish="stop", model="see", usage=Usage(prompt=10, completion=10_000))
    page = text_page(1, "Delivery note", "Note no. A-17", f"Apples {printed}", f"Total {printed}")
    return make_world([page], answering(extract_note=said))


async def result_of(world: World) -> dict[str, Any]:
    """The fields of the result as its JSON has them, numbers by their digits."""
    document_id = await world.drop()
    await world.settle()
    found = await load_detail(world.context, document_id)
    assert found is not None
    assert found.result is not None
    fields: dict[str, Any] = json.loads(found.result.model_dump_json(), parse_float=Decimal)["fields"]
    return fields


async def test_digits_decide_whether_an_amount_stands_on_the_page() -> None:
    """Of amounts that differ in the fifteenth digit only, one is printed and the other is not."""
    states = []
    for printed in ("1234567890123.45", "1234567890123.46"):
        world = world_of(printed, "1234567890123.45")
        document_id = await world.drop()
        await world.settle()
        states.append((await world.run(document_id)).state)
    assert [State.FINALIZED, State.IN_REVIEW] == states


async def test_a_correction_keeps_its_digits() -> None:
    """Of the old value and of the new one, in the result and in what it says was changed."""
    world = world_of("3.50", "3.50")
    document_id = await world.drop()
    await world.settle()
    await correct(
        world.context, document_id, CorrectionRequest(run=1, revision=0, fields={"total": "123456789012.345"})
    )
    await world.settle()
    stored = await world.blobs.read("results", f"note/{document_id}.json")
    assert stored is not None
    assert b'"before": 3.5,' in stored
    assert b'"after": 123456789012.345' in stored
    assert b'"value": 123456789012.345' in stored
