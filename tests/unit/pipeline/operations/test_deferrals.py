"""Notes on deferred steps: why a Run waits, since when and until when."""

import logging
from datetime import timedelta
from typing import Any

import pytest

from functions.steps import run_step
from shared import telemetry
from shared.domain.base.errors import Blocked, Conflict, Retryable, Throttled, Unavailable
from shared.domain.documents.run import State
from shared.domain.documents.task import StageMessage
from shared.domain.documents.waiting import Waiting
from shared.pipeline.context import Context
from shared.pipeline.operations.deferral_notes import load_waiting, note_waiting
from shared.pipeline.operations.poison import give_up
from shared.pipeline.publish.forget import erase
from shared.ports.records import Put
from tests.support.pipeline.world import World


async def _waiting(world: World, document_id: str) -> Waiting | None:
    return await load_waiting(world.context, document_id, await world.run(document_id))


async def _defer(world: World, document_id: str, error: Retryable, stage: str = "extract", waits: int = 0) -> None:
    """Run a step of `stage` that raises `error`, for the message after `waits` deferrals."""

    async def step(context: Context, message: StageMessage) -> None:
        raise error

    body = StageMessage(document_id=document_id, waits=waits).model_dump_json().encode()
    await run_step(world.context, stage, body, step)


async def test_a_deferred_step_says_why_and_until_when(world: World) -> None:
    """The note holds the stage, the cause, the times and the count, and is over once the Run progresses."""
    document_id = await world.drop()
    await world.step()
    world.models.throttle(1, timedelta(seconds=90))
    began = world.clock.now()
    await world.step()
    waiting = await _waiting(world, document_id)
    assert waiting is not None
    assert ("extract", "throttled", 1) == (waiting.stage, waiting.code, waiting.deferrals)
    assert (began, began + timedelta(seconds=90)) == (waiting.since, waiting.until)
    await world.settle()
    assert State.FINALIZED is (await world.run(document_id)).state
    assert await _waiting(world, document_id) is None


async def test_since_is_kept_while_the_same_stage_waits(world: World) -> None:
    """A second deferral keeps `since`; that of another stage begins anew."""
    document_id = await world.drop()
    began = world.clock.now()
    await _defer(world, document_id, Throttled("busy"))
    world.clock.advance(timedelta(minutes=1))
    await _defer(world, document_id, Unavailable("away"), waits=1)
    waiting = await _waiting(world, document_id)
    assert waiting is not None
    assert (began, "unavailable", 2) == (waiting.since, waiting.code, waiting.deferrals)
    await _defer(world, document_id, Unavailable("away"), "validate")
    waiting = await _waiting(world, document_id)
    assert waiting is not None
    assert began + timedelta(minutes=1) == waiting.since


@pytest.mark.parametrize(("error", "stage"), [(Conflict(), "extract"), (Unavailable("the topic is away"), "publish")])
async def test_no_note_on_what_does_not_hold_up_a_run(world: World, error: Retryable, stage: str) -> None:
    """A lost race is over in a second; events travel beside the Run."""
    document_id = await world.drop()
    await _defer(world, document_id, error, stage)
    assert await _waiting(world, document_id) is None


async def test_a_document_that_is_given_up_says_what_it_waited_for(world: World) -> None:
    """Whoever looks at it days later need not search the logs."""
    document_id = await world.drop()
    await world.step()
    await _defer(world, document_id, Blocked("check the key.", code="model_access_denied"), waits=499)
    body = StageMessage(document_id=document_id, waits=500).model_dump_json().encode()
    await give_up(world.context, "extract", "7", body)
    (reason,) = (await world.run(document_id)).reasons
    assert "poisoned" == reason.code
    assert "waited since 2026-11-22 12:00 UTC, 500 times. check the key." in reason.message


async def test_a_failing_note_is_logged_and_stops_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The message is sent before the note: raising would have the platform run the step twice."""
    document_id = await world.drop()

    async def refuse(table: str, partition: str, changes: Any) -> None:
        raise Unavailable("table storage is away")

    monkeypatch.setattr(world.records, "commit", refuse)
    before = len(world.queues.bodies("extract"))
    with caplog.at_level(logging.INFO, "intray"):
        await _defer(world, document_id, Throttled("busy"))
    assert before + 1 == len(world.queues.bodies("extract"))
    assert "waiting_not_noted" in caplog.text


async def test_a_damaged_note_says_nothing_and_is_replaced(world: World) -> None:
    """It stops neither the status of the document nor the next note."""
    document_id = await world.drop()
    await world.records.commit("documents", document_id, [Put("wait-0001", "{broken")])
    assert await _waiting(world, document_id) is None
    await _defer(world, document_id, Throttled("busy"))
    waiting = await _waiting(world, document_id)
    assert waiting is not None
    assert "throttled" == waiting.code


async def test_a_forgotten_document_keeps_no_note(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The note goes with the partition, also where the document is erased while the note is written."""
    document_id = await world.drop()
    await _defer(world, document_id, Throttled("busy"))
    await erase(world.context, document_id)
    assert [] == [row async for row in world.records.partition("documents", document_id)]

    other = await world.drop("note/b.pdf")
    commit = world.records.commit

    async def erase_first(table: str, partition: str, changes: Any) -> None:
        monkeypatch.setattr(world.records, "commit", commit)
        await erase(world.context, other)
        await commit(table, partition, changes)

    monkeypatch.setattr(world.records, "commit", erase_first)
    message = StageMessage(document_id=other)
    await note_waiting(world.context, message, "extract", Throttled("busy"), world.clock.now())
    assert [] == [row async for row in world.records.partition("documents", other)]


async def test_a_blocked_service_raises_an_alarm_once(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What an operator must change is logged as an error once per cause, however many documents wait for it."""
    monkeypatch.setattr(telemetry, "_raised", {})
    document_id = await world.drop()
    with caplog.at_level(logging.ERROR, "intray"):
        for _ in range(3):
            await _defer(world, document_id, Blocked("check the key", code="model_access_denied"))
        await _defer(world, document_id, Blocked("raise the quota", code="model_quota"))
    assert ["service_blocked", "service_blocked"] == [record.getMessage().split()[0] for record in caplog.records]
    assert "check the key" in caplog.records[0].getMessage()


async def test_a_blocked_step_waits_longer_than_others(world: World) -> None:
    """The most deferrals of a blocked step last for days: until somebody has changed the configuration."""
    document_id = await world.drop()
    await _defer(world, document_id, Blocked("check the key"), waits=100)
    waiting = await _waiting(world, document_id)
    assert waiting is not None
    assert timedelta(minutes=15) == waiting.until - world.clock.now()
    assert timedelta(days=5) < world.context.limits.max_waits * (waiting.until - world.clock.now())
