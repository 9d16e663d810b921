"""Publish: relay a Document's events to the topic, in the order of its outbox, at least once, each with its own id."""

from datetime import datetime

from shared.domain.errors import Permanent
from shared.domain.task import StageMessage
from shared.ports.records import Put
from shared.stages.core import Core
from shared.stages.forget import erase
from shared.stages.ledger import DOCUMENTS, all_documents
from shared.stages.outbox import EVENT_PREFIX, OutboxRow, ask_to_publish

BATCH = 50

type Keyed = tuple[str, OutboxRow]


async def publish(core: Core, message: StageMessage) -> int:
    """Publish the events of a Document that the topic has not taken yet; how many it took.

    An event that the topic refuses for good is parked in the outbox with the reason, and does not hold up the others.
    Raises Retryable while the topic is away; the rest then stays in the outbox for the next try.
    """
    waiting = await pending(core, message.document_id)
    taken = 0
    for start in range(0, len(waiting), BATCH):
        taken += await _relay(core, message.document_id, waiting[start : start + BATCH])
    if taken and waiting[-1][1].event.name == "deleted":
        await erase(core, message.document_id)
    return taken


async def pending(core: Core, document_id: str) -> list[Keyed]:
    """The outbox rows of a Document that the topic has neither taken nor refused, in order, each with its key."""
    return [(key, row) for key, row in await outbox(core, document_id) if row.waiting]


async def outbox(core: Core, document_id: str) -> list[Keyed]:
    """All outbox rows of a Document in the order of the facts, each with its key."""
    records = core.records.partition(DOCUMENTS, document_id, EVENT_PREFIX)
    return [(record.key, OutboxRow.model_validate_json(record.body)) async for record in records]


async def republish(core: Core, since: datetime) -> int:
    """Publish again every event since a time, with the ids they had; how many. A scan of all Documents."""
    count = 0
    async for document in all_documents(core):
        again = [(key, row) for key, row in await outbox(core, document.id) if row.event.time >= since]
        if again:
            await _store(core, document.id, [(key, OutboxRow(event=row.event)) for key, row in again])
            await ask_to_publish(core, document.id)
            count += len(again)
    return count


async def _relay(core: Core, document_id: str, batch: list[Keyed]) -> int:
    """Publish a batch and note it; a batch that is refused is tried one by one, to park only what is at fault."""
    try:
        await core.events.publish([row.event for _, row in batch])
    except Permanent as error:
        if len(batch) == 1:
            key, row = batch[0]
            await _store(core, document_id, [(key, row.model_copy(update={"refused": f"{error.code}: {error}"}))])
            return 0
        return sum([await _relay(core, document_id, [one]) for one in batch])
    published = core.clock.now()
    await _store(core, document_id, [(key, row.model_copy(update={"published": published})) for key, row in batch])
    return len(batch)


async def _store(core: Core, document_id: str, rows: list[Keyed]) -> None:
    for start in range(0, len(rows), BATCH):
        changes = [Put(key, row.model_dump_json()) for key, row in rows[start : start + BATCH]]
        await core.records.commit(DOCUMENTS, document_id, changes)
