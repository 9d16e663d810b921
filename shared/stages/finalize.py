"""Finalize: the result stands in the results container before anybody is told that it is final."""

from urllib.parse import quote

from shared.domain.event import FinalizedFact
from shared.domain.run import State
from shared.ports.records import Change
from shared.stages.artefacts import JSON
from shared.stages.core import Core
from shared.stages.ledger import Snapshot, move
from shared.stages.outbox import ask_to_publish, base_fact
from shared.stages.result import Result, result_name


async def finalize(
    core: Core, snapshot: Snapshot, result: Result, *, reviewed: bool, also: tuple[Change, ...] = ()
) -> None:
    """Write the result, then end the Run with its `finalized` event (and `also` in the same transaction)."""
    name = result_name(snapshot.run)
    await core.blobs.write(core.results, name, result.model_dump_json(indent=2).encode(), JSON)
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
    )
    await ask_to_publish(core, snapshot.document.id)
