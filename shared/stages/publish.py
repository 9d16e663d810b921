"""Publish: relay a Document's events to the topic, in the order of its outbox, at least once, each with its own id."""

from shared.domain.task import StageMessage
from shared.ports.records import Put
from shared.stages.core import Core
from shared.stages.ledger import DOCUMENTS
from shared.stages.outbox import EVENT_PREFIX, OutboxRow

BATCH = 50


async def publish(core: Core, message: StageMessage) -> int:
    """Publish the events of a Document that the topic has not taken yet; how many.

    Raises what `Events.publish` raises; the rest then stays in the outbox for the next try.
    """
    waiting = await pending(core, message.document_id)
    for start in range(0, len(waiting), BATCH):
        batch = waiting[start : start + BATCH]
        await core.events.publish([row.event for _, row in batch])
        taken = core.clock.now()
        changes = [Put(key, row.model_copy(update={"published": taken}).model_dump_json()) for key, row in batch]
        await core.records.commit(DOCUMENTS, message.document_id, changes)
    return len(waiting)


async def pending(core: Core, document_id: str) -> list[tuple[str, OutboxRow]]:
    """The outbox rows of a Document that the topic has not taken, in order, each with its key."""
    rows = [
        (record.key, OutboxRow.model_validate_json(record.body))
        async for record in core.records.partition(DOCUMENTS, document_id, EVENT_PREFIX)
    ]
    return [(key, row) for key, row in rows if row.published is None]
