"""Messages that are no longer due."""

import logging

import pytest

from shared.domain.documents.run import State
from shared.domain.documents.task import StageMessage
from shared.pipeline.store.current_step import load_if_current
from tests.support.pipeline.world import World


async def test_a_late_message_is_dropped_with_a_trace(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """An operator can see that a message came for a Run that had moved on, and for which."""
    document_id = await world.drop()
    await world.settle()
    with caplog.at_level(logging.INFO, logger="intray"):
        assert (
            await load_if_current(
                world.context, StageMessage(document_id=document_id, task="p00001-00020"), State.READING
            )
            is None
        )
    told = f"intray.document.id={document_id} intray.run.number=1 intray.task=p00001-00020 intray.run.state=finalized"
    assert [f"message_not_due {told}"] == caplog.messages


async def test_a_message_for_nothing_is_dropped_with_a_trace(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """A Document that was forgotten meanwhile is no error."""
    with caplog.at_level(logging.INFO, logger="intray"):
        assert await load_if_current(world.context, StageMessage(document_id="d" + "0" * 24), State.READING) is None
    assert "intray.run.state=unknown" in caplog.messages[0]


async def test_a_message_in_time_finds_its_run(world: World) -> None:
    """What is due goes on."""
    document_id = await world.drop()
    found = await load_if_current(world.context, StageMessage(document_id=document_id), State.RECEIVED, State.READING)
    assert found is not None
    assert document_id == found.document.id
