"""Uploads to several containers: each under the rules of its own, from the first message to the last day."""

from copy import replace
from datetime import timedelta
from typing import Any

import pytest

from functions.steps import run_step
from shared.domain.base.errors import Blocked
from shared.domain.documents.document import Document, UploadPolicy
from shared.domain.documents.run import State
from shared.domain.models.catalogue import Catalogue
from shared.domain.types.document_type import Policy
from shared.pipeline.intake.ingest import receive
from shared.pipeline.intake.reconciliation import Reconciliation, reconcile_containers
from shared.pipeline.operations.listing import list_cases
from shared.pipeline.operations.retention import forget_expired
from shared.pipeline.operations.status import load_detail
from shared.pipeline.store.runs import all_documents, load
from shared.testing.clock import START
from tests.support.pipeline.packing import packed, packing_world
from tests.support.pipeline.world import ANSWERS, CATALOGUE, NOTE, STEPS, World, answering, make_world

SECOND = "letters"
EU = tuple(replace(deployment, name=f"{deployment.name}-eu", data_zone="eu") for deployment in CATALOGUE.deployments)
EVERYWHERE = Catalogue(deployments=(*CATALOGUE.deployments, *EU))


def with_second(world: World, policy: UploadPolicy) -> World:
    """Return the world with another container of uploads."""
    world.context = replace(world.context, containers={"incoming": UploadPolicy(), SECOND: policy})
    return world


async def drop(world: World, container: str, name: str = "a.pdf", data: bytes = b"%PDF a") -> str:
    """Upload a file and tell of it once; the Document's id."""
    await world.blobs.write(container, name, data, "application/pdf")
    return await receive(world.context, container, name)


async def document(world: World, document_id: str) -> Document:
    """A Document, which must exist."""
    snapshot = await load(world.context, document_id)
    assert snapshot is not None
    return snapshot.document


async def test_the_same_name_in_two_containers_is_two_documents(world: World) -> None:
    """Neither their results nor their events are mixed up."""
    with_second(world, UploadPolicy(document_type="note", reviewer_group="letters"))
    ids = [await drop(world, "incoming", "note/a.pdf"), await drop(world, SECOND, "note/a.pdf")]
    await world.settle()
    assert 2 == len(set(ids))
    assert [State.FINALIZED] * 2 == [(await world.run(document_id)).state for document_id in ids]
    results = [name async for name in world.blobs.names("results", "")]
    assert sorted(f"note/{document_id}.json" for document_id in ids) == results
    sources = {(event.subject, event.source) for event in world.events.published}
    account = "https://account.blob.core.windows.net"
    expected = zip(ids, ("incoming", SECOND), strict=True)
    assert {(f"documents/{document_id}", f"{account}/{container}") for document_id, container in expected} == sources
    assert 2 == world.models.billed.total(), "equal requests are asked once, for both"


async def test_the_container_names_the_type() -> None:
    """No model classifies, whatever the folder is called; a file inside a file is of that type too."""
    world = with_second(packing_world(), UploadPolicy(document_type="note"))
    ids = [
        await drop(world, SECOND, "2026/a.pdf"),
        await drop(world, SECOND, "2026/b.zip", packed(("c.pdf", b"%PDF c"))),
    ]
    await world.settle()
    assert ["note", "note"] == [(await world.run(document_id)).document_type for document_id in ids]
    (child,) = [found async for found in all_documents(world.context) if found.parent == ids[1]]
    assert ("unpacked", SECOND, "note") == (child.container, child.upload_container, child.policy.document_type)
    assert State.FINALIZED is (await world.run(child.id)).state
    assert "classify_document" not in {call.schema_name for call in world.models.calls}


async def test_a_type_that_does_not_exist_is_waited_for(world: World) -> None:
    """It may be added; a model must not choose another one meanwhile."""
    with_second(world, UploadPolicy(document_type="memo"))
    document_id = await drop(world, SECOND)
    await deliver(world, "read")
    detail = await load_detail(world.context, document_id)
    assert detail is not None
    assert detail.waiting is not None
    assert ("unknown_type", State.RECEIVED) == (detail.waiting.code, detail.run.state)
    assert "INTRAY_CONTAINERS" in detail.waiting.message


async def deliver(world: World, queue: str) -> None:
    """Deliver one message, which must be there."""
    body = world.queues.receive(queue)
    assert body is not None
    await run_step(world.context, queue, body.encode(), STEPS[queue])


async def test_a_document_of_a_zone_is_shown_to_deployments_of_the_zone_alone() -> None:
    """Cheaper ones elsewhere are not asked, not even when an answer is unusable; others still are."""
    broken: dict[str, Any] = {"extract_note": "no JSON"}
    world = with_second(make_world(script=answering(**broken)), UploadPolicy(data_zone="eu", document_type="note"))
    world.deploy(*EVERYWHERE.deployments)
    await drop(world, SECOND)
    await world.settle()
    assert {"see-eu", "think-eu"} >= {call.deployment for call in world.models.calls} > set()
    await drop(world, "incoming", "note/b.pdf", b"%PDF b")
    await world.settle()
    assert "see" in {call.deployment for call in world.models.calls}


async def test_without_a_deployment_in_the_zone_a_document_waits() -> None:
    """With the reason, and goes on when there is one: it is not shown to another zone."""
    world = with_second(make_world(), UploadPolicy(data_zone="eu", document_type="note"))
    world.deploy(*CATALOGUE.deployments, EU[0])
    document_id = await drop(world, SECOND)
    await deliver(world, "read")
    detail = await load_detail(world.context, document_id)
    assert detail is not None
    assert detail.waiting is not None
    assert "no_deployment_in_zone" == detail.waiting.code
    assert "'eu'" in detail.waiting.message
    assert "reasoning" in detail.waiting.message
    world.deploy(*EVERYWHERE.deployments)
    await world.settle()
    assert State.IN_REVIEW is (await world.run(document_id)).state  # its threshold was evaluated with others
    assert {"see-eu", "think-eu"} == {call.deployment for call in world.models.calls}


async def test_an_evaluation_counts_for_the_deployments_of_the_zone() -> None:
    """The threshold was measured with others: a document of the zone goes to a person."""
    world = with_second(make_world(), UploadPolicy(data_zone="eu", document_type="note"))
    catalogue = replace(world.context.gateway, catalogue=EVERYWHERE)
    world.context = replace(world.context, gateway=catalogue)
    document_id = await drop(world, SECOND)
    await world.settle()
    assert State.IN_REVIEW is (await world.run(document_id)).state


async def test_equal_bytes_under_other_rules_are_no_duplicate(world: World) -> None:
    """The copy has other readers, another zone or another end: it gets a result of its own, from stored answers."""
    with_second(world, UploadPolicy(reviewer_group="letters"))
    await drop(world, "incoming", "note/a.pdf")
    await world.settle()
    second = await drop(world, SECOND, "note/a.pdf")
    await world.settle()
    run = await world.run(second)
    assert (State.FINALIZED, 0) == (run.state, run.bill.calls)


async def test_equal_bytes_under_equal_rules_are_a_duplicate(world: World) -> None:
    """Whatever the containers are called."""
    with_second(world, UploadPolicy())
    first = await drop(world, "incoming", "note/a.pdf")
    second = await drop(world, SECOND, "note/a.pdf")
    await world.settle()
    assert first == (await world.run(second)).duplicate_of


@pytest.mark.parametrize(
    ("container", "kind", "setting", "expected"),
    [(10, 20, 30, 10), (None, 20, 30, 20), (0, 20, 30, None), (10, 0, 0, 10), (None, None, 30, 30)],
)
async def test_retention_is_the_container_s_then_the_type_s_then_the_setting_s(
    container: int | None, kind: int | None, setting: int, expected: int | None
) -> None:
    """The rule of the container wins; 0 keeps for good; nothing is deleted a day early."""
    note = replace(NOTE, policy=Policy(accept_at=0.8, retention_days=kind))
    world = make_world(types=[note], retention=timedelta(days=setting) if setting else None)
    with_second(world, UploadPolicy(retention_days=container, document_type="note"))
    await drop(world, SECOND)
    await world.settle()
    world.clock.advance(timedelta(days=(expected or 36_000) - 1))
    assert 0 == await forget_expired(world.context)
    world.clock.advance(timedelta(days=1))
    assert int(expected is not None) == await forget_expired(world.context)


async def test_a_retention_that_is_changed_holds_for_what_is_there(world: World) -> None:
    """As that of the setting and of a type; of a container that was taken out, the last one that it had."""
    with_second(world, UploadPolicy(retention_days=30, document_type="note"))
    first = await drop(world, SECOND)
    second = await drop(world, SECOND, "b.pdf", b"%PDF b")
    await world.settle()
    world.clock.advance(timedelta(days=10))
    assert 0 == await forget_expired(world.context)
    world.context = replace(world.context, containers={"incoming": UploadPolicy()})
    world.clock.advance(timedelta(days=19))
    assert 0 == await forget_expired(world.context)
    with_second(world, UploadPolicy(retention_days=5))
    assert 2 == await forget_expired(world.context)
    await world.settle()
    assert [None, None] == [await load(world.context, document_id) for document_id in (first, second)]
    assert await world.blobs.info(SECOND, "a.pdf") is None


async def test_cases_are_listed_by_group() -> None:
    """A case has the group of its container; who names none sees all."""
    wrong = ANSWERS["extract_note"] | {"number": {"value": "B-99", "lines": ["p1.l2"]}}
    world = with_second(make_world(script=answering(extract_note=wrong)), UploadPolicy(reviewer_group="hr"))
    first = await drop(world, "incoming", "note/a.pdf")
    second = await drop(world, SECOND, "note/b.pdf", b"%PDF b")
    await world.settle()
    found = {
        group: {case.document_id: case.group for case in (await list_cases(world.context, 10, None, group)).items}
        for group in (None, "hr", "finance")
    }
    assert {None: {first: None, second: "hr"}, "hr": {second: "hr"}, "finance": {}} == found


async def test_a_container_that_is_not_listed_is_waited_for(world: World) -> None:
    """Its rules are not known: a document must not be processed under none."""
    with pytest.raises(Blocked, match="INTRAY_CONTAINERS"):
        await drop(world, "elsewhere")
    assert [] == [found async for found in all_documents(world.context)]


async def test_uploads_without_an_event_are_found_in_each_container(world: World) -> None:
    """Each has its own position, and its own first start: files that were there before are left alone."""
    with_second(world, UploadPolicy())
    options = Reconciliation(max_calls=1000, grace=timedelta(minutes=2), started=START)
    await reconcile_containers(world.context, options)
    for container in ("incoming", SECOND):
        await world.blobs.write(container, "note/a.pdf", b"%PDF a", "application/pdf")
    world.clock.advance(timedelta(minutes=5))
    assert 2 == await reconcile_containers(world.context, options)
    await world.blobs.write("third", "note/old.pdf", b"%PDF old", "application/pdf")
    world.clock.advance(timedelta(minutes=5))
    world.context = replace(world.context, containers={"third": UploadPolicy()})
    assert 0 == await reconcile_containers(world.context, replace(options, started=world.clock.now()))
