"""Steps that would take too long go on in a message of their own, from the answers that are stored."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.documents.run import State
from shared.domain.models.model_call import ModelCall
from shared.testing.builders.pages import text_page
from shared.testing.models import ModelScript
from tests.support.pipeline.long_tables import TableModel
from tests.support.pipeline.missing_rows import ALL, ForgetfulModel, names, table_world
from tests.support.pipeline.world import NOTE, STEPS, World, answering, make_world, quoted_pages


class SlowModel:
    """Takes so many minutes for each answer."""

    def __init__(self, answer: ModelScript, minutes: float) -> None:
        self.answer = answer
        self.minutes = minutes
        self.world: World | None = None

    def __call__(self, call: ModelCall) -> Any:
        assert self.world is not None
        self.world.clock.advance(timedelta(minutes=self.minutes))
        return self.answer(call)


@pytest.fixture
def longest() -> Iterator[list[timedelta]]:
    """How long the steps of a World took; filled by `watch`."""
    took: list[timedelta] = []
    yield took
    assert took, "no step was watched"
    assert max(took) < timedelta(minutes=20)


async def settle_watched(world: World, took: list[timedelta]) -> Counter[str]:
    """Settle, and note how long each step takes; how many there were of each queue."""
    steps: Counter[str] = Counter()
    for _ in range(500):
        queue = next((name for name in STEPS if any(True for _ in world.queues.bodies(name))), None)
        if queue is None:
            return steps
        began = world.clock.now()
        if await world.step():
            steps[queue] += 1
            took.append(world.clock.now() - began)
        else:
            visible = world.queues.next_visible()
            assert visible is not None
            world.clock.advance(visible - world.clock.now())
    raise AssertionError("the messages never end")


async def test_a_search_for_a_required_value_goes_on_in_the_next_message(longest: list[timedelta]) -> None:
    """A value that stands on page 23 of 24, and a model that takes four minutes: no step takes an hour."""
    words = tuple(f"There is nothing of interest in sentence {number} of this page" for number in range(20))
    pages = [text_page(number, *words, *(["A-17"] if number == 23 else [])) for number in range(1, 25)]

    def number_where_it_is(call: ModelCall) -> Any:
        shown = 23 in quoted_pages(call)
        body: dict[str, Any] = {
            "number": {"value": "A-17", "lines": ["p24.l1"]} if shown else {"value": None, "lines": []},
            "total": {"value": None, "lines": []},
            "rows": [],
        }
        return {name: body[name] for name in call.json_schema["properties"]}

    slow = SlowModel(answering(extract_note=number_where_it_is), 4)
    relevant = NOTE.model_copy(update={"policy": NOTE.policy.model_copy(update={"relevant_pages": 2})}).with_version()
    world = make_world(pages, slow, types=(relevant,), extract_range=1, read_range=24)
    slow.world = world
    document_id = await world.drop()
    steps = await settle_watched(world, longest)
    assert "A-17" == (await world.result(document_id))["fields"]["number"]["value"]
    assert 5 <= steps["validate"] <= 12
    assert {1} == set(world.models.billed.values())
    assert len(world.models.billed) == (await world.run(document_id)).bill.calls


async def test_a_model_slower_than_the_step_still_gets_further(longest: list[timedelta]) -> None:
    """With less time than one answer takes each delivery asks once: the document ends, and nothing is paid twice."""
    slow = SlowModel(answering(extract_note=ForgetfulModel()), 15)
    world = table_world(slow, step_seconds=60)
    slow.world = world
    document_id = await world.drop()
    await settle_watched(world, longest)
    assert ALL == names(await world.result(document_id))
    assert {1} == set(world.models.billed.values())
    assert len(world.models.billed) == (await world.run(document_id)).bill.calls


async def test_an_answer_that_is_cut_off_often_goes_on_in_the_next_message(longest: list[timedelta]) -> None:
    """A range whose table is gone on with again and again is one task, but no longer one step."""
    slow = SlowModel(answering(extract_note=TableModel(most_rows=2)), 4)
    world = table_world(slow, extract_range=8)
    slow.world = world
    document_id = await world.drop()
    steps = await settle_watched(world, longest)
    assert ALL == names(await world.result(document_id))
    assert steps["extract"] > 2
    assert {1} == set(world.models.billed.values())


async def test_a_step_that_continues_spends_no_attempt() -> None:
    """Its message is sent again as it was: neither deferred nor counted, however often the step goes on."""
    slow = SlowModel(answering(extract_note=ForgetfulModel()), 15)
    world = table_world(slow, step_seconds=60, max_waits=0)
    slow.world = world
    document_id = await world.drop()
    await world.settle()
    assert State.FINALIZED is (await world.run(document_id)).state
