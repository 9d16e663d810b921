"""What a worker that dies or stalls half-way leaves: the rest is done by others, and nothing twice or against them."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from functions.steps import run_step
from shared.domain.base.errors import Conflict, Unavailable, UnknownDocument, Unreadable
from shared.domain.documents.run import State
from shared.domain.documents.task import StageMessage
from shared.pipeline.context import Context
from shared.pipeline.operations.replay import replay
from shared.pipeline.operations.sweep import sweep
from shared.pipeline.publish.forget import forget
from shared.pipeline.publish.publish import publish, republish
from shared.pipeline.review import review
from shared.pipeline.review.review import Decision, open_review
from tests.support.pipeline.workers import Crash, Fault, Worker, employ, staff, until_still
from tests.support.pipeline.world import ANSWERS, World, answering, make_world


@pytest.fixture
async def world() -> World:
    """A note that is final, all its messages delivered and its mark cleared."""
    made = make_world()
    staff(made)
    await made.drop()
    await _rest(made)
    return made


@pytest.fixture
async def doubtful() -> World:
    """A note that waits for a person, all its messages delivered and its mark cleared."""
    wrong = ANSWERS["extract_note"] | {"number": {"value": "B-99", "lines": ["p1.l2"]}}
    made = make_world(script=answering(extract_note=wrong))
    staff(made)
    await made.drop()
    await _rest(made)
    return made


async def _rest(world: World) -> None:
    for _ in range(3):
        await world.settle()
        await sweep(world.context)
        world.clock.advance(timedelta(minutes=6))


async def _id(world: World) -> str:
    return str(world.events.published[0].data["document_id"])


async def _dies(world: World, at: int, work: Callable[[], Awaitable[object]]) -> None:
    task = await employ(Worker(Fault.DIES_BEFORE, at), work)
    assert isinstance(task.exception(), Crash)


async def test_a_forgotten_document_s_files_go_before_it_is_told(world: World) -> None:
    """Whoever dies after the Document was given up: its files are deleted all the same, and only then is it told."""
    document_id = await _id(world)
    await _dies(world, 2, lambda: forget(world.context, document_id))
    world.events.failure = Unavailable("the topic is away")
    world.clock.advance(timedelta(minutes=6))
    await sweep(world.context)
    await world.step()
    left = [name for place, name in await _files(world) if place != "catalog" and not name.startswith("types/")]
    assert [] == left
    world.events.failure = None
    await _rest(world)
    assert "deleted" == world.told()[-1]


async def _files(world: World) -> set[tuple[str, ...]]:
    return {place for place in await world.storage.contents() if len(place) == 2}


async def test_a_closed_case_is_told_and_leaves_the_list(doubtful: World) -> None:
    """Whoever dies right after a case was closed: its `finalized` is told, and nobody is offered the case again."""
    document_id = await _id(doubtful)
    lease = (await review.claim(doubtful.context, document_id, "Ada")).lease
    assert lease is not None
    decision = Decision(token=lease.token)
    await _dies(doubtful, 3, lambda: review.complete(doubtful.context, document_id, decision))
    assert State.FINALIZED is (await doubtful.run(document_id)).state
    await _rest(doubtful)
    assert "finalized" == doubtful.told()[-1]
    assert [] == await review.open_cases(doubtful.context)


async def test_a_case_that_was_closed_meanwhile_is_not_listed_again(doubtful: World) -> None:
    """A second `review` message that stalls before it lists the case finds, in the end, that there is none."""
    document_id = await _id(doubtful)
    worker, message = Worker(Fault.STALLS, 1), StageMessage(document_id=document_id)
    task = await employ(worker, lambda: open_review(doubtful.context, message))
    lease = (await review.claim(doubtful.context, document_id, "Ada")).lease
    assert lease is not None
    await review.complete(doubtful.context, document_id, Decision(token=lease.token))
    worker.wake(alive=True)
    await until_still(worker, task)
    assert [] == await review.open_cases(doubtful.context)


async def test_what_is_being_forgotten_is_not_replayed(world: World) -> None:
    """Until `deleted` is told the rows still stand; a new Run would be deleted, or keep them from it."""
    document_id = await _id(world)
    await forget(world.context, document_id)
    with pytest.raises(UnknownDocument):
        await replay(world.context, document_id)


async def test_of_a_replay_and_a_deletion_at_once_one_wins(world: World) -> None:
    """Both have seen the last Run end; the one that comes second must see that it is too late."""
    document_id = await _id(world)
    worker = Worker(Fault.STALLS, 1)
    task = await employ(worker, lambda: replay(world.context, document_id))
    await forget(world.context, document_id)
    worker.wake(alive=True)
    await until_still(worker, task)
    assert isinstance(task.exception(), Conflict)
    await _rest(world)
    assert "deleted" == world.told()[-1]


async def test_a_slow_publisher_brings_back_no_forgotten_row(world: World) -> None:
    """Events that were handed over are noted only in rows that are still there."""
    document_id = await _id(world)
    await republish(world.context, world.clock.now() - timedelta(days=1))
    worker, message = Worker(Fault.STALLS, 1), StageMessage(document_id=document_id)
    task = await employ(worker, lambda: publish(world.context, message))
    await forget(world.context, document_id)
    await _rest(world)
    worker.wake(alive=True)
    await until_still(worker, task)
    assert isinstance(task.exception(), Conflict)
    assert set() == {place for place in await world.storage.contents() if document_id in place}


async def test_events_to_be_told_again_are_not_forgotten(world: World) -> None:
    """Whoever asks for old events and dies before the message is sent: the sweeper sends it."""
    await _dies(world, 2, lambda: republish(world.context, world.clock.now() - timedelta(days=1)))
    await _rest(world)
    assert ["received", "finalized"] * 2 == world.told()


async def test_a_late_failure_does_not_take_a_case_from_a_person(doubtful: World) -> None:
    """A second delivery that fails when the Run already waits for a person is too late to end it."""

    async def late(context: Context, message: StageMessage) -> None:
        raise Unreadable("unreadable", "the file could not be opened")

    document_id = await _id(doubtful)
    body = StageMessage(document_id=document_id).model_dump_json().encode()
    await run_step(doubtful.context, "read", body, late)
    assert State.IN_REVIEW is (await doubtful.run(document_id)).state


async def test_a_result_is_delivered_though_its_document_already_runs_again(world: World) -> None:
    """`finalized` is never told without its result: also when a replay came before the events were published."""
    document_id = await world.drop("note/b.pdf", b"%PDF b")
    world.events.failure = Unavailable("the topic is away")
    while State.FINALIZED is not (await world.run(document_id)).state:
        assert await world.step()
    await replay(world.context, document_id)
    await world.blobs.delete("incoming", "note/b.pdf")
    world.events.failure = None
    await _rest(world)
    assert ["received", "finalized", "failed"] == [
        event.name for event in world.events.published if event.data["document_id"] == document_id
    ]
    assert await world.blobs.read("results", f"note/{document_id}.json")
