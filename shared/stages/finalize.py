"""Finalize: one result ends a Run, and it stands in the results container before anybody is told that it is final."""

import hashlib
from urllib.parse import quote

from shared.domain.errors import Unavailable
from shared.domain.event import FinalizedFact
from shared.domain.run import State
from shared.ports.records import Change
from shared.stages.artefacts import JSON, artefact_name
from shared.stages.core import WORK, Core
from shared.stages.ledger import Snapshot, load, move
from shared.stages.outbox import ask_to_publish, base_fact
from shared.stages.result import Result, result_name


async def finalize(
    core: Core, snapshot: Snapshot, result: Result, *, reviewed: bool, also: tuple[Change, ...] = ()
) -> None:
    """End the Run with this Result and its `finalized` event (and `also` in the same transaction).

    Two that decide at once keep their Results under names of their own; the transaction names the one that counts, and
    the publish stage delivers that one. Raises Conflict when somebody moved the Run first.
    """
    name = result_name(snapshot.run)
    body = result.model_dump_json(indent=2).encode()
    final = f"final-{hashlib.sha256(body).hexdigest()[:16]}"
    await core.blobs.write(WORK, artefact_name(snapshot.run, final), body, JSON)
    fact = FinalizedFact.model_validate(
        base_fact(snapshot.document, snapshot.run)
        | {
            "document_type": result.document_type,
            "disposition": result.disposition,
            "confidence": result.confidence,
            "reviewed": reviewed,
            "corrections": len(result.corrections),
            "pages": len(result.pages),
            "result_container": core.results,
            "result_name": name,
            "result_url": f"{core.storage_url.rstrip('/')}/{core.results}/{quote(name)}",
            "model_calls": result.bill.calls,
            "cost_usd": result.bill.cost_usd,
        }
    )
    await move(
        core,
        snapshot,
        State.FINALIZED,
        event="finalized",
        fact=fact,
        also=also,
        disposition=result.disposition,
        reasons=result.reasons,
        final=final,
    )
    await ask_to_publish(core, snapshot.document.id)


async def deliver_result(core: Core, document_id: str) -> None:
    """Copy the Result that a finalized Run ended with to the results container; safe to repeat."""
    snapshot = await load(core, document_id)
    if snapshot is None or snapshot.run.state is not State.FINALIZED:
        return
    body = await core.blobs.read(WORK, artefact_name(snapshot.run, snapshot.run.final or ""))
    if body is None:
        raise Unavailable(f"the result of document {document_id} is missing")
    await core.blobs.write(core.results, result_name(snapshot.run), body, JSON)
