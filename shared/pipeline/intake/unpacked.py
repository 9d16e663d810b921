"""End the run of a file whose members became documents of their own."""

from urllib.parse import quote

from shared.domain.documents.artifact_names import MEMBERS
from shared.domain.documents.event import ChildLink, SkippedMember, UnpackedFact
from shared.domain.documents.result import manifest_name
from shared.domain.documents.run import State
from shared.domain.documents.unpacking import Member
from shared.domain.models.model_call import Bill
from shared.pipeline.context import Context
from shared.pipeline.intake.admission import Admitted
from shared.pipeline.store.rows.outbox import ask_to_publish, base_fact
from shared.pipeline.store.runs import Snapshot, move

LISTED = 100
SHOWN = 100
"""Members that an event names, and characters of a name: what fits a row of the outbox. The manifest has all."""


async def end_as_unpacked(
    context: Context, snapshot: Snapshot, admitted: Admitted, members: tuple[Member, ...], bill: Bill | None = None
) -> None:
    """End the Run as unpacked, with its event and the `bill` it has by now; raises Conflict when somebody moved it."""
    links = [ChildLink(document_id=one.document_id, name=one.name[:SHOWN]) for one in members if one.document_id]
    skipped = [SkippedMember(name=one.name[:SHOWN], reason=one.skipped) for one in members if one.skipped]
    name, chosen = manifest_name(snapshot.document.id), admitted.document_type
    fact = UnpackedFact.model_validate(
        base_fact(snapshot.document, snapshot.run)
        | {
            "children": tuple(links[:LISTED]),
            "children_count": len(links),
            "skipped": tuple(skipped[:LISTED]),
            "skipped_count": len(skipped),
            "result_container": context.results,
            "result_name": name,
            "result_url": f"{context.storage_url.rstrip('/')}/{context.results}/{quote(name)}",
        }
    )
    await move(
        context,
        snapshot,
        State.UNPACKED,
        event="unpacked",
        fact=fact,
        content_hash=admitted.content_hash,
        media_type=admitted.media_type,
        configuration=admitted.configuration,
        document_type=chosen.name if chosen else None,
        type_version=chosen.version if chosen else "",
        members=len(members),
        children=len(links),
        final=MEMBERS,
        bill=bill or snapshot.run.bill,
    )
    await ask_to_publish(context, snapshot.document.id)
