"""Measure what waits: messages in the queues, and cases for review. The sweep's timer does, so once for all workers."""

from shared import telemetry
from shared.domain.documents.review import ReviewTask
from shared.pipeline.intake.upload_events import UPLOAD_EVENTS
from shared.pipeline.store.context import StoreContext
from shared.pipeline.store.rows.keys import CATALOG, REVIEWS
from shared.pipeline.store.rows.stored_rows import load_readable
from shared.telemetry import metrics

STAGE_QUEUES = (
    "intake", "read", "read-ranges", "extract", "extract-ranges", "validate", "check", "decide", "publish", "review",
)  # fmt: skip
"""The queues of an app, however uploads are announced."""
QUEUES = (UPLOAD_EVENTS, *STAGE_QUEUES)
"""Of both ways in: a queue that does not exist is empty."""
BLOB_POISON = "webjobs-blobtrigger-poison"
"""The queue of blob triggers that failed for good; the platform names it."""
POISON_QUEUES = (*(f"{name}-poison" for name in QUEUES), BLOB_POISON)


async def measure_backlog(context: StoreContext) -> None:
    """Record how many messages each queue holds and how old the oldest one is, and the same of cases for review.

    Takes a call for each queue, a second one for each that holds messages, and one for a thousand open cases. Raises
    Retryable while storage is away.
    """
    for queue in (*QUEUES, *POISON_QUEUES):
        await _measure_queue(context, queue)
    cases = await load_readable(ReviewTask, context.records.partition(CATALOG, REVIEWS))
    oldest = min((case.opened for case in cases), default=None)
    metrics.REVIEW_CASES.set(len(cases))
    metrics.REVIEW_AGE.set((context.clock.now() - oldest).total_seconds() if oldest else 0)


async def _measure_queue(context: StoreContext, queue: str) -> None:
    depth = await context.queues.depth(queue)
    oldest = await context.queues.oldest(queue) if depth else None
    age = max(0.0, (context.clock.now() - oldest).total_seconds()) if oldest else 0.0
    metrics.QUEUE_MESSAGES.set(depth, {telemetry.QUEUE: queue})
    metrics.QUEUE_AGE.set(age, {telemetry.QUEUE: queue})
