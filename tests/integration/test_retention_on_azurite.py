"""Retention: when a document's time is over, nothing in the storage account mentions it."""

from datetime import timedelta

from shared.pipeline.operations.poison import give_up
from shared.pipeline.operations.retention import forget_expired
from shared.pipeline.operations.sweep import sweep
from shared.testing.builders.pages import text_page
from shared.testing.clock import FixedClock
from tests.integration.azurite_storage import AzuriteStorage, empty
from tests.support.pipeline.world import ANSWERS, PAGE, answering, make_world
from tests.support.storage_search import find_mentions

CANARY = "QUILLFEATHER-17"
RETENTION = timedelta(days=30)


async def test_nothing_mentions_a_document_whose_time_is_over(azurite: str) -> None:
    """Nobody asks for it: the timer has to find every place by itself."""
    opened: list[AzuriteStorage] = []

    def storage(clock: FixedClock) -> AzuriteStorage:
        empty(azurite)
        opened.append(AzuriteStorage(azurite, clock))
        return opened[-1]

    stated = ANSWERS["extract_note"] | {"number": {"value": CANARY, "lines": ["p1.l2"]}}
    pages = (text_page(1, *(line.replace("A-17", CANARY) for line in PAGE)),)
    world = make_world(pages, answering(extract_note=stated), storage=storage, retention=RETENTION)
    document = await world.drop(f"note/{CANARY}.pdf", b"%PDF " + CANARY.encode())
    body = world.queues.bodies("read")[0]
    await world.settle()
    copy = await world.drop(f"note/{CANARY} again.pdf", b"%PDF " + CANARY.encode())
    await world.settle()
    await give_up(world.context, "read", "late", body.encode())
    found = find_mentions(azurite, [CANARY])
    assert {place.split("/")[0].split(" ")[1] for place in found} >= {"incoming", "work", "documents"}
    assert f"blob work/poison/{document}/read/late.json" in find_mentions(azurite, [document])

    assert await forget_expired(world.context) == 0
    world.clock.advance(RETENTION)
    assert await forget_expired(world.context) == 2
    await world.settle()
    await sweep(world.context)
    assert set() == find_mentions(azurite, [CANARY, document, copy])
    await opened[0].close()
    empty(azurite)
