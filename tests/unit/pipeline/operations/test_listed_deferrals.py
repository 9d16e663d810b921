"""What operators see of a document that waits."""

import logging
from datetime import timedelta

import pytest

from functions.steps import run_step
from shared import telemetry
from shared.domain.base.errors import Throttled
from shared.domain.documents.task import StageMessage
from shared.pipeline.context import Context
from shared.pipeline.operations.deferral_notes import wait_key
from shared.pipeline.operations.listing import list_documents
from shared.pipeline.operations.status import load_detail
from shared.pipeline.store.rows.keys import DOCUMENTS
from shared.ports.records import Put
from tests.support.pipeline.world import World


async def _defer(world: World, document_id: str) -> None:
    async def step(context: Context, message: StageMessage) -> None:
        raise Throttled("The model is busy.", timedelta(minutes=2))

    await run_step(world.context, "read", StageMessage(document_id=document_id).model_dump_json().encode(), step)


async def test_lists_and_details_say_why_a_document_waits(world: World) -> None:
    """The one that waits, and no other; a note that cannot be read hides no document."""
    waiting, other = await world.drop("a.pdf"), await world.drop("b.pdf")
    await _defer(world, waiting)
    listed = {status.document.id: status.waiting for status in (await list_documents(world.context, 10)).items}
    note = listed[waiting]
    assert note is not None
    assert ("read", "The model is busy.", None) == (note.stage, note.message, listed[other])
    shown = await load_detail(world.context, waiting)
    assert shown is not None
    assert note == shown.waiting
    await world.context.records.commit(DOCUMENTS, waiting, [Put(wait_key(1), "{}")])
    listed = {status.document.id: status.waiting for status in (await list_documents(world.context, 10)).items}
    assert {waiting: None, other: None} == listed


async def test_every_line_of_a_step_names_its_document_and_run(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """Whatever reports it, and not of what is reported of another document."""
    document_id = await world.drop()

    async def step(context: Context, message: StageMessage) -> None:
        telemetry.report("inside", {})
        telemetry.report("elsewhere", {telemetry.DOCUMENT_ID: "d2"})

    with caplog.at_level(logging.INFO, "intray"):
        await run_step(world.context, "read", StageMessage(document_id=document_id).model_dump_json().encode(), step)
        telemetry.report("outside", {})
    lines = {record.getMessage().partition(" ")[0]: record.getMessage() for record in caplog.records}
    assert f"inside {telemetry.DOCUMENT_ID}={document_id} {telemetry.RUN}=1" == lines["inside"]
    assert f"elsewhere {telemetry.DOCUMENT_ID}=d2" == lines["elsewhere"]
    assert "outside" == lines["outside"].strip()
