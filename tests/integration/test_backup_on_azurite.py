"""A rehearsal: back up, lose the account, restore; every document ends as it would have."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cli.state.backup import back_up
from cli.state.folder import BackupFolder
from cli.state.restore import restore
from local.cloud.storage import CONTAINERS
from shared.domain.documents.run import State
from shared.domain.documents.task import IntakeMessage
from shared.pipeline.intake.ingest import receive_version
from shared.pipeline.intake.reconciliation import Reconciliation, reconcile_containers
from shared.pipeline.operations.status import list_statuses
from shared.pipeline.operations.sweep import sweep
from shared.pipeline.review.review import Decision, claim, complete
from shared.ports.reading import SourcePage
from shared.testing.builders.pages import text_page
from shared.testing.clock import FixedClock
from tests.integration.azurite_storage import AzuriteStorage, empty
from tests.support.pipeline.world import ONE_PAGE, PAGE, World, make_world

STARTED = datetime.now(UTC) + timedelta(hours=1)
"""Later than Azurite's clock by the grace period: the reconciliation looks at what was uploaded."""
RECONCILIATION = Reconciliation(1000, timedelta(minutes=2), STARTED - timedelta(days=1))


DOUBTFUL = b"%PDF another number than the model says"


def _pages(content: bytes) -> Sequence[SourcePage]:
    """Return the pages of a file: of the doubtful one, a page with another number."""
    return (text_page(1, *(line.replace("A-17", "B-99") for line in PAGE)),) if content == DOUBTFUL else ONE_PAGE


def _world_on(azurite: str, opened: list[AzuriteStorage], now: datetime) -> World:
    """Return a World on whatever the account holds."""

    def storage(clock: FixedClock) -> AzuriteStorage:
        opened.append(AzuriteStorage(azurite, clock))
        return opened[-1]

    made = make_world(_pages, storage=storage)
    made.clock.advance(now - made.clock.now())
    return made


async def _heal(world: World) -> None:
    """Let time pass as it does for a deployment: the timers run, and the queues are worked off."""
    for _ in range(4):
        world.clock.advance(timedelta(minutes=10))
        await sweep(world.context)
        await reconcile_containers(world.context, RECONCILIATION)
        while body := world.queues.receive("intake"):
            await receive_version(world.context, IntakeMessage.model_validate_json(body))
        await world.settle()


async def _states(world: World) -> dict[str, State]:
    return {status.document.name: status.run.state for status in await list_statuses(world.context)}


async def _delivered(world: World) -> dict[str, bytes]:
    """Return what lies in the container of results."""
    return {name: await world.blobs.read("results", name) or b"" async for name in world.blobs.names("results", "")}


async def _fill(world: World) -> tuple[str, str]:
    """Have a final result, an open case, a document half way and an unseen upload; return the ids of the first two."""
    await reconcile_containers(world.context, RECONCILIATION)
    final, doubtful = await world.drop("note/final.pdf"), await world.drop("note/doubtful.pdf", DOUBTFUL)
    await world.settle()
    await world.drop("note/halfway.pdf", b"%PDF half way")
    assert await world.step()
    await world.blobs.write("incoming", "note/unseen.pdf", b"%PDF unseen", "application/pdf")
    assert await _states(world) == {
        "note/final.pdf": State.FINALIZED,
        "note/doubtful.pdf": State.IN_REVIEW,
        "note/halfway.pdf": State.EXTRACTING,
    }
    return final, doubtful


async def _complete(world: World, document: str) -> None:
    """Clear an open case with a correction."""
    lease = (await claim(world.context, document, "Ada")).lease
    assert lease is not None
    await complete(world.context, document, Decision(token=lease.token, corrections={"number": "B-99"}))
    await world.settle()


def _assert_told_once(before: World, after: World, final: str) -> None:
    """No fact has two ids, four results were published, and nothing again of the result that was final before."""
    published = {event.id: event for event in (*before.events.published, *after.events.published)}
    facts = Counter((event.subject, event.name) for event in published.values())
    assert set(facts.values()) == {1}
    assert sum(name == "finalized" for _, name in facts) == 4
    assert [] == [event for event in after.events.published if event.subject.endswith(final)]


async def test_a_lost_account_is_restored(azurite: str, tmp_path: Path) -> None:
    """Final results are as they were, an open case is still open, work under way is finished, and what was uploaded
    but not received is found; no fact has two ids, and no request to a model is paid twice."""
    empty(azurite)
    opened: list[AzuriteStorage] = []
    before = _world_on(azurite, opened, STARTED)
    final, doubtful = await _fill(before)
    states, results = await _states(before), await _delivered(before)
    folder = BackupFolder(tmp_path / "backup")
    await back_up(before.blobs, before.records, before.clock, folder, ("incoming", *CONTAINERS))

    empty(azurite)
    assert await _states(before) == {}
    after = _world_on(azurite, opened, STARTED + timedelta(hours=2))
    manifest = await restore(after.blobs, after.records, folder)
    assert (manifest.documents, await _states(after)) == (3, states)
    await _heal(after)

    assert results.items() <= (await _delivered(after)).items()
    await _complete(after, doubtful)
    assert await _states(after) == dict.fromkeys([*states, "note/unseen.pdf"], State.FINALIZED)
    asked = [call.hash() for call in (*before.models.calls, *after.models.calls)]
    assert len(asked) == len(set(asked))
    _assert_told_once(before, after, final)
    for storage in opened:
        await storage.close()
    empty(azurite)
