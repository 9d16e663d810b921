"""Ends without a result: failed, held, duplicate."""

from copy import replace

from shared.domain.base.errors import Conflict
from shared.domain.documents.event import FailedFact, HeldFact
from shared.domain.documents.run import Reason, Run, State
from shared.domain.models.model_call import Bill
from shared.pipeline.models.gateway.context import ModelContext
from shared.pipeline.store.messages import ask_to_publish
from shared.pipeline.store.rows.outbox import base_fact
from shared.pipeline.store.runs import Snapshot, load, move, reload


async def fail(context: ModelContext, snapshot: Snapshot, reason: Reason) -> None:
    """End the Run as failed, with its event; one that has its outcome, or waits for a person, stays as it is.

    Its bill includes the answers that unfinished steps paid for: no receipt will add them.
    """
    while not snapshot.run.is_settled:
        fact = FailedFact.model_validate(base_fact(snapshot.document, snapshot.run) | {"reason": reason})
        try:
            bill = await _bill_at_end(context, snapshot.run)
            await move(context, snapshot, State.FAILED, event="failed", fact=fact, reasons=(reason,), bill=bill)
            break
        except Conflict:
            snapshot = await reload(context, snapshot)
    await ask_to_publish(context, snapshot.document.id, snapshot.run.number)


async def _bill_at_end(context: ModelContext, run: Run) -> Bill:
    """Return the Run's bill, or what it paid by the store of answers where that is more."""
    paid = await context.gateway.bill_of_run(run.document_id, run.number)
    return replace(paid, reused=run.bill.reused) if paid.calls > run.bill.calls else run.bill


async def fail_by_id(context: ModelContext, document_id: str, run: int, reason: Reason) -> None:
    """End a Run as failed by its ids; nothing happens when there is no such Run."""
    snapshot = await load(context, document_id, run)
    if snapshot is not None:
        await fail(context, snapshot, reason)


async def hold(context: ModelContext, snapshot: Snapshot, reason: Reason, bill: Bill) -> None:
    """Put the Run aside as held, with its event and what it cost; raises Conflict when somebody moved it first."""
    fact = HeldFact.model_validate(base_fact(snapshot.document, snapshot.run) | {"reason": reason})
    await move(context, snapshot, State.HELD, event="held", fact=fact, reasons=(reason,), bill=bill)
    await ask_to_publish(context, snapshot.document.id, snapshot.run.number)
