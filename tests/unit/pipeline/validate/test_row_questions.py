"""Validation in bounded tasks: independent questions by messages of their own."""

from datetime import timedelta

import pytest

from functions.steps import run_step
from shared.domain.base.stored import dump_stored
from shared.domain.documents.run import State
from shared.domain.documents.task import StageMessage
from shared.pipeline.operations.poison import give_up
from shared.pipeline.operations.sweep import sweep
from shared.pipeline.validate.row_questions import Batch, RowQuestion
from tests.support.pipeline.crashes import Crash, deliver_with_redelivery, dying_before
from tests.support.pipeline.long_tables import item
from tests.support.pipeline.missing_rows import ALL, PAGES, ROWS, names, table_world
from tests.support.pipeline.world import STEPS, World


@pytest.fixture
def parallel(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two questions are enough to be asked in parallel, so that small documents show what large ones do."""
    monkeypatch.setattr("shared.pipeline.validate.row_questions.MAX_INLINE_QUESTIONS", 1)


async def until_checking(world: World) -> str:
    """Drop a file and work until its questions are open; the Document's id."""
    document_id = await world.drop()
    while not world.queues.bodies("check"):
        assert await world.step()
    return document_id


async def test_questions_asked_in_parallel_give_the_same_result(monkeypatch: pytest.MonkeyPatch) -> None:
    """One message a question, or one step for all of them: the same rows, the same findings, the same bill."""
    results, bills, calls = [], [], []
    for most_inline in (1, 100):
        monkeypatch.setattr("shared.pipeline.validate.row_questions.MAX_INLINE_QUESTIONS", most_inline)
        world = table_world()
        document_id = await world.drop()
        await world.settle()
        result = await world.result(document_id)
        results.append([names(result), result["findings"], result["disposition"]])
        run = await world.run(document_id)
        bills.append((run.bill.calls, run.bill.cost_usd))
        calls.append(world.models.billed)
    assert results[0] == results[1]
    assert ALL == results[0][0]
    assert bills[0] == bills[1]
    assert calls[0] == calls[1]
    assert {1} == set(calls[0].values())


async def test_every_question_has_a_message_of_its_own(parallel: None) -> None:
    """Seven pages with a missing row each, one page a request: seven messages, and each asks one model request."""
    world = table_world()
    document_id = await until_checking(world)
    messages = world.queues.bodies("check")
    assert PAGES == len(set(messages))
    before = world.models.billed.total()
    for number, body in enumerate(messages, 1):
        assert 0 == len(world.queues.bodies("validate"))
        await run_step(world.context, "check", body.encode(), STEPS["check"])
        assert number == world.models.billed.total() - before
    assert [dump_stored(StageMessage(document_id=document_id))] == world.queues.bodies("validate")
    assert State.VALIDATING is (await world.run(document_id)).state


async def test_few_questions_are_asked_at_once() -> None:
    """Up to four questions need no fan-out: it would cost more calls of storage than it saves time."""
    world = table_world(pages=4)
    await world.drop()
    while await world.step():
        assert [] == world.queues.bodies("check")


async def test_repeated_messages_ask_nothing_again(parallel: None) -> None:
    """Each check delivered twice and validation sent again in between: every answer is paid once, the result is one."""
    world = table_world()
    document_id = await until_checking(world)
    await world.queues.send("validate", dump_stored(StageMessage(document_id=document_id)))
    for body in world.queues.bodies("check"):
        await run_step(world.context, "check", body.encode(), STEPS["check"])
        await run_step(world.context, "check", body.encode(), STEPS["check"])
    assert 2 == len(world.queues.bodies("validate"))
    await world.settle()
    assert ALL == names(await world.result(document_id))
    assert {1} == set(world.models.billed.values())
    assert len(world.models.billed) == (await world.run(document_id)).bill.calls
    assert ["received", "finalized"] == world.told()


async def test_a_worker_of_the_earlier_version_may_finish_the_validation(
    parallel: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It asks every question in its one step, finds what was answered already, and late checks change nothing."""
    world = table_world()
    document_id = await until_checking(world)
    waiting = world.queues.bodies("check")
    await run_step(world.context, "check", waiting[0].encode(), STEPS["check"])
    monkeypatch.setattr("shared.pipeline.validate.row_questions.MAX_INLINE_QUESTIONS", 100)
    body = dump_stored(StageMessage(document_id=document_id))
    await run_step(world.context, "validate", body.encode(), STEPS["validate"])
    assert State.DECIDING is (await world.run(document_id)).state
    await world.settle()
    assert ALL == names(await world.result(document_id))
    assert {1} == set(world.models.billed.values())
    assert len(world.models.billed) == (await world.run(document_id)).bill.calls


FEWEST_WRITES = 70


@pytest.mark.parametrize("write", range(0, 75, 2))
async def test_a_crash_among_the_checks_heals(write: int, parallel: None) -> None:
    """Whatever write the process dies at, redelivery and the sweeper bring the table together, paid for once."""
    world = table_world(pages=4)
    await world.blobs.write("incoming", "note/a.pdf", b"%PDF", "application/pdf")
    document_id = await world.drop()
    left = dying_before(world, write)
    for _ in range(5):
        await deliver_with_redelivery(world)
        world.clock.advance(timedelta(minutes=12))
        try:
            await sweep(world.context)
        except Crash:
            continue
    assert [item(number)[0] for number in range(1, 4 * ROWS + 1)] == names(await world.result(document_id))
    assert world.models.billed.total() <= len(world.models.billed) + 1
    assert len(world.models.billed) == (await world.run(document_id)).bill.calls
    assert left[0] < 0 or write >= FEWEST_WRITES


async def test_the_sweeper_sends_lost_questions_again_and_no_others(parallel: None) -> None:
    """While answers come in nothing is pushed; then only what has no receipt is asked for once more."""
    world = table_world()
    await until_checking(world)
    *first, lost = world.queues.bodies("check")
    for body in first:
        world.clock.advance(timedelta(minutes=4))
        assert 0 == await sweep(world.context)
        await run_step(world.context, "check", body.encode(), STEPS["check"])
    for body in [*first, lost]:
        world.queues.remove("check", body)
    world.clock.advance(timedelta(minutes=11))
    assert 1 == await sweep(world.context)
    assert await world.step()
    assert [lost] == world.queues.bodies("check")


async def test_a_throttled_question_is_left_alone(parallel: None) -> None:
    """It waits for as long as the server asks, and the Document says so; the sweeper sends no second message."""
    world = table_world()
    await until_checking(world)
    world.models.throttle(1, timedelta(hours=1))
    (throttled, *others) = world.queues.bodies("check")
    for body in [throttled, *others]:
        world.queues.remove("check", body)
        await run_step(world.context, "check", body.encode(), STEPS["check"])
    for _ in range(60):
        world.clock.advance(timedelta(minutes=1))
        assert 0 == await sweep(world.context)
    await world.settle()
    assert ["received", "finalized"] == world.told()


async def test_a_question_that_fails_again_and_again_ends_the_document(parallel: None) -> None:
    """A poisoned check is as bad as a poisoned validation: the Document ends as failed and can be replayed."""
    world = table_world()
    document_id = await until_checking(world)
    await give_up(world.context, "check", "1", world.queues.bodies("check")[0].encode())
    assert State.FAILED is (await world.run(document_id)).state
    await world.settle()
    assert State.FAILED is (await world.run(document_id)).state


def test_a_batch_is_named_by_what_it_asks() -> None:
    """The same questions have the same name in each repetition; any other question has another."""
    question = RowQuestion(table="rows", pages=(1, 2), only=())
    same = Batch(questions=(question,)).name
    assert same == Batch(questions=(RowQuestion.model_validate(question.model_dump()),)).name
    for other in ({"pages": (1, 3)}, {"table": "more"}, {"heading": 1}):
        assert same != Batch(questions=(RowQuestion.model_validate(question.model_dump() | other),)).name
