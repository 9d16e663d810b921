"""Finalize: store the one result that ends a Run, and deliver it before its event is published."""

import hashlib
from collections.abc import Sequence
from urllib.parse import quote

from shared.domain.base.errors import Unavailable
from shared.domain.documents.event import CorrectedFact, FinalizedFact
from shared.domain.documents.result import Result, result_name
from shared.domain.documents.run import Run, State
from shared.pipeline.store.artifacts import JSON, artifact_name
from shared.pipeline.store.context import WORK, StoreContext
from shared.pipeline.store.messages import ask_to_publish
from shared.pipeline.store.rows.keys import DOCUMENTS, RUN_PREFIX
from shared.pipeline.store.rows.outbox import base_fact
from shared.pipeline.store.rows.stored_rows import load_or_report
from shared.pipeline.store.runs import Snapshot, move
from shared.ports.records import Change, Record

STATES_WITH_RESULT = frozenset({State.FINALIZED, State.UNPACKED})
"""States in which a Run has a result, or the list of what its file held."""


async def finalize(
    context: StoreContext,
    snapshot: Snapshot,
    result: Result,
    *,
    reviewed: bool,
    also: tuple[Change, ...] = (),
    actor: str | None = None,
) -> None:
    """End the Run with this Result and its `finalized` event (and `also` in the same transaction), for `actor`.

    Concurrent decisions save their Results under different names; the transaction names the valid one, which the
    publish stage delivers. Raises Conflict when somebody moved the Run first.
    """
    final = await _save_result(context, snapshot, result)
    fact = FinalizedFact.model_validate(
        _result_fact(context, snapshot, result)
        | {
            "reviewed": reviewed,
            "pages": len(result.pages),
            "model_calls": result.bill.calls,
            "cost_usd": result.bill.cost_usd,
        }
    )
    await move(
        context,
        snapshot,
        State.FINALIZED,
        event="finalized",
        fact=fact,
        also=also,
        actor=actor,
        disposition=result.disposition,
        reasons=result.reasons,
        final_artifact=final,
    )
    await ask_to_publish(context, snapshot.document.id, snapshot.run.number)


async def replace_result(
    context: StoreContext, snapshot: Snapshot, result: Result, fields: tuple[str, ...], actor: str | None = None
) -> None:
    """Put this Result in place of the one that ended the Run, with its `corrected` event; `fields`: what is new.

    Raises Conflict when somebody changed the Run first.
    """
    final = await _save_result(context, snapshot, result)
    fact = CorrectedFact.model_validate(
        _result_fact(context, snapshot, result) | {"revision": result.revision, "fields": fields}
    )
    await move(
        context,
        snapshot,
        State.FINALIZED,
        event="corrected",
        fact=fact,
        actor=actor,
        final_artifact=final,
        revision=result.revision,
    )
    await ask_to_publish(context, snapshot.document.id, snapshot.run.number)


async def _save_result(context: StoreContext, snapshot: Snapshot, result: Result) -> str:
    """Save a Result under a name made of its content; return the name of the artifact."""
    body = result.model_dump_json(indent=2).encode()  # in full: it is delivered to the results container
    final = f"final-{hashlib.sha256(body).hexdigest()[:16]}"
    await context.blobs.write(WORK, artifact_name(snapshot.run, final), body, JSON)
    return final


def _result_fact(context: StoreContext, snapshot: Snapshot, result: Result) -> dict[str, object]:
    """Return the part of an event that describes a Result and its location."""
    name = result_name(snapshot.run)
    return base_fact(snapshot.document, snapshot.run) | {
        "document_type": result.document_type,
        "disposition": result.disposition,
        "confidence": result.confidence,
        "corrections": len(result.corrections),
        "result_container": context.results,
        "result_name": name,
        "result_url": f"{context.storage_url.rstrip('/')}/{context.results}/{quote(name)}",
    }


async def deliver_result(context: StoreContext, document_id: str, loaded: Sequence[Record]) -> None:
    """Copy the result of the last Run that has one to the results container; safe to repeat.

    `loaded`: the rows of the Document's Runs, as they were before.
    Check again after writing: of two concurrent deliveries, the slower one may have written an older Result.
    """
    delivered, run = None, _last_final(loaded)
    while run and run != delivered:
        body = await context.blobs.read(WORK, artifact_name(run, run.final_artifact or ""))
        if body is None:
            raise Unavailable(f"the result of document {document_id} is missing")
        await context.blobs.write(context.results, result_name(run), body, JSON)
        rows = [row async for row in context.records.partition(DOCUMENTS, document_id, RUN_PREFIX)]
        delivered, run = run, _last_final(rows)


def _last_final(rows: Sequence[Record]) -> Run | None:
    """Return the last Run with a result, even if a later one has none; None for a Document that is forgotten."""
    runs = [run for run in (load_or_report(Run, row) for row in rows) if run is not None]
    if runs and runs[-1].state is State.DELETED:
        return None
    return next((run for run in reversed(runs) if run.state in STATES_WITH_RESULT), None)
