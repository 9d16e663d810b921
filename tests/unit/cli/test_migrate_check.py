"""`intray migrate --check`: every sort of value is known and read, and what is not is named."""

import json
from copy import replace
from datetime import timedelta

from cli.state.check import check_state
from shared.domain.documents.document import UploadPolicy
from shared.domain.documents.run import State
from shared.pipeline.intake.reconciliation import Reconciliation, reconcile_containers
from shared.pipeline.operations.poison import give_up
from shared.pipeline.store.rows.keys import CATALOG, DOCUMENTS, UNSCANNED
from shared.ports.records import Put
from shared.testing.clock import START
from tests.support.pipeline.world import World, make_world
from tests.unit.pipeline.operations.test_range_queues import LARGE, ranged_world


async def _change(world: World, document: str, key: str, **fields: object) -> None:
    row = await world.records.get(DOCUMENTS, document, key)
    assert row is not None
    await world.records.commit(DOCUMENTS, document, [Put(key, json.dumps(json.loads(row.body) | fields))])


async def test_everything_that_the_pipeline_stores_is_known() -> None:
    """A sort of row that the check does not know would pass unread."""
    world = make_world()
    await world.drop()
    await world.drop("note/copy.pdf")
    await world.settle()
    failing = await world.drop("note/b.pdf", b"%PDF b")
    await give_up(world.context, "read", "1", json.dumps({"document_id": failing}).encode())
    await world.settle()
    report = await check_state(world.blobs, world.records, 100)
    assert ([], [], []) == (report.unreadable, report.unknown, report.newer)
    assert {DOCUMENTS, CATALOG, "work", "answers"} == set(report.read)


async def test_receipts_of_a_large_file_are_known() -> None:
    """Ranges leave rows and artifacts of their own."""
    world = ranged_world()
    await world.drop(LARGE)
    await world.settle()
    report = await check_state(world.blobs, world.records, 100)
    assert ([], [], []) == (report.unreadable, report.unknown, report.newer)


async def test_rows_of_several_containers_and_of_uploads_without_a_verdict_are_known() -> None:
    """A comparison for each container, and what waits for the scanner."""
    world = make_world(malware_wait=timedelta(minutes=30))
    world.context = replace(world.context, containers={"incoming": UploadPolicy(), "hr-forms": UploadPolicy()})
    await reconcile_containers(world.context, Reconciliation(1000, timedelta(minutes=2), START))
    document = await world.drop()
    await world.settle()
    assert State.HELD is (await world.run(document)).state
    report = await check_state(world.blobs, world.records, 100)
    assert ([], [], []) == (report.unreadable, report.unknown, report.newer)
    partitions = {row.partition async for row in world.records.list_by_key(CATALOG, "")}
    assert {"incoming", "incoming-hr-forms", UNSCANNED} <= partitions


async def test_the_comparison_of_each_container_is_known() -> None:
    """Position and first start of `incoming`, and of a container with another name."""
    world = make_world()
    containers = {"incoming": UploadPolicy(), "hr-forms": UploadPolicy()}
    world.context = replace(world.context, containers=containers)
    await reconcile_containers(world.context, Reconciliation(1000, timedelta(minutes=2), world.clock.now()))
    report = await check_state(world.blobs, world.records, 0)
    assert ([], [], []) == (report.unreadable, report.unknown, report.newer)
    assert 4 == report.read[CATALOG]


async def test_what_cannot_be_read_is_named() -> None:
    """A state, a row or an artifact of a later version, and one that is damaged."""
    world = make_world()
    document = await world.drop()
    await world.settle()
    assert State.FINALIZED is (await world.run(document)).state
    await _change(world, document, "run-0001", state="archived")
    await _change(world, document, "document", colour="red")
    await world.records.commit(DOCUMENTS, document, [Put("stamp-0001", "{}")])
    await world.blobs.write("work", f"runs/{document}/0001/extraction.json", b"{", "application/json")
    report = await check_state(world.blobs, world.records, 100)
    assert [f"{document}/run-0001", f"runs/{document}/0001/extraction.json"] == report.unreadable
    assert [f"{document}/document"] == report.newer
    assert [f"{document}/stamp-0001"] == report.unknown


async def test_a_sample_bounds_what_is_read_of_artifacts() -> None:
    """Rows are small; the pages of a million documents are not."""
    world = make_world()
    for name in ("a", "b", "c"):
        await world.drop(f"note/{name}.pdf", f"%PDF {name}".encode())
    await world.settle()
    counts = [(await check_state(world.blobs, world.records, sample)).read["work"] for sample in (0, 1, 3)]
    assert 0 == counts[0] < counts[1] < counts[2]
