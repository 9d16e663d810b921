"""Forget: delete everything about a Document, on request or after its retention time, and publish an event."""

from typing import Literal

from shared import telemetry
from shared.domain.base.errors import StillRunning, Unavailable, UnknownDocument
from shared.domain.base.stored import load_stored
from shared.domain.documents.event import DeletedFact
from shared.domain.documents.result import manifest_name, result_name
from shared.domain.documents.run import Run, State
from shared.pipeline.checks.uniqueness import give_up_values
from shared.pipeline.context import Context
from shared.pipeline.intake.current_upload import delete_upload
from shared.pipeline.intake.versions import forget_upload
from shared.pipeline.models.gateway.gateway import answer_name, paid_folder
from shared.pipeline.store import artifacts
from shared.pipeline.store.context import WORK
from shared.pipeline.store.members import load_children, members_folder
from shared.pipeline.store.messages import ask_to_publish
from shared.pipeline.store.rows.keys import ACTIVE, CATALOG, DOCUMENTS, REVIEWS, RUN_PREFIX, UNSCANNED, UNTYPED
from shared.pipeline.store.rows.outbox import base_fact
from shared.pipeline.store.runs import content_partition, load, mark_active, move
from shared.ports.records import Delete

type Cause = Literal["requested", "retention"]


async def forget(context: Context, document_id: str, cause: Cause = "requested", actor: str | None = None) -> None:
    """Have everything about a Document, and about those that came out of it, deleted. Safe to repeat.

    The publish stage forgets its children, deletes its blobs, tells it, and deletes its rows (see `delete_blobs` and
    `erase`): whatever dies on the way, the sweeper asks it again. `actor`, the id of the caller, is logged: the history
    is deleted too. Raises UnknownDocument, StillRunning, or Conflict
    when somebody changed the Run first.
    """
    snapshot = await load(context, document_id)
    if snapshot is None:
        raise UnknownDocument(f"there is no document {document_id}")
    if not snapshot.run.is_settled:
        raise StillRunning(f"document {document_id} is {snapshot.run.state}: only a settled one can be forgotten")
    for child in await load_children(context, document_id):
        inner = await load(context, child)
        if inner is not None and not inner.run.is_settled:
            raise StillRunning(f"document {child}, which came out of it, is {inner.run.state}: wait for its outcome")
    if snapshot.run.state is not State.DELETED:
        fact = DeletedFact.model_validate(base_fact(snapshot.document, snapshot.run) | {"cause": cause})
        await mark_active(context, snapshot.run)
        await move(context, snapshot, State.DELETED, event="deleted", fact=fact, actor=actor)
        if actor is not None:
            telemetry.report("forget_requested", {telemetry.DOCUMENT_ID: document_id, telemetry.ACTOR: actor})
    await ask_to_publish(context, document_id, snapshot.run.number)


async def forget_children(context: Context, document_id: str, cause: object) -> None:
    """Have the Documents forgotten that came out of a forgotten one; raises Unavailable while one is running."""
    for child in await load_children(context, document_id):
        try:
            await forget(context, child, "retention" if cause == "retention" else "requested")
        except UnknownDocument:
            continue
        except StillRunning as error:
            raise Unavailable(str(error)) from error


async def erase(context: Context, document_id: str) -> None:
    """Delete the rows of a forgotten Document, its own last, so that a repetition still finds what is left."""
    runs = [
        load_stored(Run, record.body) async for record in context.records.partition(DOCUMENTS, document_id, RUN_PREFIX)
    ]
    for run in runs:
        await _give_up_content(context, run)
    snapshot = await load(context, document_id)
    if snapshot is not None:
        await forget_upload(context, snapshot.document)
    await give_up_values(context, document_id)
    for listing in (REVIEWS, UNTYPED, UNSCANNED):
        await context.records.commit(CATALOG, listing, [Delete(document_id)])
    keys = [record.key async for record in context.records.partition(DOCUMENTS, document_id)]
    keys.sort(key=lambda key: (key.startswith(RUN_PREFIX) or key == "document", key == "document"))
    for start in range(0, len(keys), 100):
        await context.records.commit(DOCUMENTS, document_id, [Delete(key) for key in keys[start : start + 100]])
    await context.records.commit(CATALOG, ACTIVE, [Delete(document_id)])


async def delete_blobs(context: Context, document_id: str) -> None:
    """Delete a Document's upload (if it still has its bytes), artifacts, results, model answers and kept messages."""
    snapshot = await load(context, document_id)
    if snapshot is None:
        return
    document = snapshot.document
    async for name in context.blobs.names(WORK, f"{paid_folder(document.id)}/"):
        await context.blobs.delete(WORK, answer_name(name.rsplit("/", 1)[-1]))
        await context.blobs.delete(WORK, name)
    for folder in (artifacts.RUNS, artifacts.POISON):
        async for name in context.blobs.names(WORK, f"{folder}/{document.id}/"):
            await context.blobs.delete(WORK, name)
    async for record in context.records.partition(DOCUMENTS, document.id, RUN_PREFIX):
        run = load_stored(Run, record.body)
        if run.document_type:
            await context.blobs.delete(context.results, result_name(run))
        if run.members:
            await context.blobs.delete(context.results, manifest_name(document.id))
    async for name in context.blobs.names(context.unpacked, f"{members_folder(document)}/"):
        await context.blobs.delete(context.unpacked, name)
    await delete_upload(context, snapshot)


async def _give_up_content(context: Context, run: Run) -> None:
    """Let the next upload of the same bytes be processed anew."""
    if not run.content_hash:
        return
    partition = content_partition(run.content_hash, run.configuration)
    claim = await context.records.get(CATALOG, partition, "owner")
    if claim is not None and run.document_id in claim.body:
        await context.records.commit(CATALOG, partition, [Delete("owner", claim.version)])
