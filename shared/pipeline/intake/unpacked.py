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
from shared.pipeline.store.messages import ask_to_publish
from shared.pipeline.store.rows.outbox import base_fact
from shared.pipeline.store.runs import Snapshot, move

MAX_LISTED_MEMBERS = 100
MAX_NAME_CHARACTERS = 100
"""Members that an event names, and characters of a name: what fits a row of the outbox. The manifest has all."""


async def end_as_unpacked(
    context: Context, snapshot: Snapshot, admitted: Admitted, members: tuple[Member, ...], bill: Bill | None = None
) -> None:
    """End the Run as unpacked, with its event and the `bill` it has by now; raises Conflict when somebody moved it."""
    links = [
        ChildLink(document_id=member.document_id, name=member.name[:MAX_NAME_CHARACTERS])
        for member in members
        if member.document_id
    ]
    skipped = [
        SkippedMember(name=member.name[:MAX_NAME_CHARACTERS], reason=member.skipped)
        for member in members
        if member.skipped
    ]
    name, document_type = manifest_name(snapshot.document.id), admitted.document_type
    fact = UnpackedFact.model_validate(
        base_fact(snapshot.document, snapshot.run)
        | {
            "children": tuple(links[:MAX_LISTED_MEMBERS]),
            "children_count": len(links),
            "skipped": tuple(skipped[:MAX_LISTED_MEMBERS]),
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
        document_type=document_type.name if document_type else None,
        type_version=document_type.version if document_type else "",
        members=len(members),
        children=len(links),
        final_artifact=MEMBERS,
        bill=bill or snapshot.run.bill,
    )
    await ask_to_publish(context, snapshot.document.id, snapshot.run.number)
