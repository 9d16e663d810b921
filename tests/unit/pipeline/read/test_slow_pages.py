"""Pages whose OCR takes long: a step is bounded, goes on where it was, and meets no slow page twice."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

from shared.domain.base.errors import Unreadable
from shared.domain.documents.run import State
from shared.domain.reading.page import PageImage, Recognised
from shared.testing.builders.pages import scanned_page, text_lines
from shared.testing.clock import FixedClock
from shared.testing.reading import ScriptedRecognizer
from tests.support.pipeline.world import PAGE, World, make_world


class SlowRecognizer(ScriptedRecognizer):
    """An engine that takes 25 s for each page, gives up on some, and counts what it was asked."""

    clock: FixedClock
    slow: frozenset[int]
    times: Counter[int]

    async def recognise(self, picture: PageImage, page: int) -> Recognised:
        """The scripted lines, after a while, or a refusal."""
        self.times[page] += 1
        self.clock.advance(timedelta(seconds=25))
        if page in self.slow:
            raise Unreadable("too_slow", "Reading took longer than 60 seconds of computing and was stopped.")
        return await super().recognise(picture, page)


def slow_world(*slow: int) -> tuple[World, SlowRecognizer]:
    """A World whose files are scans of four pages, and whose steps may take a minute."""
    recognizer = SlowRecognizer({number: text_lines(number, *PAGE) for number in range(1, 5)})
    recognizer.slow, recognizer.times = frozenset(slow), Counter()
    world = make_world([scanned_page(number) for number in range(1, 5)], recognizer=recognizer)
    recognizer.clock = world.clock
    world.context = replace(world.context, limits=replace(world.context.limits, step_seconds=60))
    return world, recognizer


async def test_a_step_that_read_pictures_long_enough_goes_on_in_another_message() -> None:
    """After three pages of 25 s the message is sent again; it reads the fourth, and none of the others once more."""
    world, recognizer = slow_world()
    document_id = await world.drop()
    await world.step()
    assert State.READING is (await world.run(document_id)).state
    assert {1: 1, 2: 1, 3: 1} == recognizer.times
    await world.settle()
    assert {1: 1, 2: 1, 3: 1, 4: 1} == recognizer.times
    assert (await world.run(document_id)).is_settled


async def test_a_slow_page_is_met_once_in_a_run() -> None:
    """Otherwise a step that is begun again would spend its time on the same pages, for ever."""
    world, recognizer = slow_world(1, 2, 3)
    document_id = await world.drop()
    await world.settle()
    assert {1: 1, 2: 1, 3: 1, 4: 1} == recognizer.times
    run = await world.run(document_id)
    assert State.IN_REVIEW is run.state
    told = [reason.message for reason in run.reasons if "could not be read" in reason.message]
    assert 3 == len(told)
    assert all("longer than 60 seconds" in message for message in told)
