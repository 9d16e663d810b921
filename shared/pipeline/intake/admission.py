"""Admission: check limits and type, and recognise what was processed before."""

import hashlib
import json
from typing import NamedTuple

from shared.domain.base.errors import Blocked, Conflict, Unreadable, UnreadableRecord
from shared.domain.base.stored import dump_stored
from shared.domain.content.formats import unsupported_format
from shared.domain.documents.document import Document, UploadPolicy
from shared.domain.documents.run import Run, State
from shared.domain.types.document_type import DocumentType
from shared.pipeline.context import IntakeContext
from shared.pipeline.local_files.copies import LocalCopy
from shared.pipeline.models.prompting.prompts import PROMPT_VERSION
from shared.pipeline.store.rows.keys import CATALOG
from shared.pipeline.store.rows.stored_rows import load_owner
from shared.pipeline.store.runs import content_partition, load
from shared.ports.records import Insert, Replace

REPLACED_BY_COPY = frozenset({State.FAILED, State.HELD, State.DELETED})
"""A first copy that ended so has no result to share: the next copy is processed."""


class Admitted(NamedTuple):
    """A file that may be processed: its bytes' hash, media type, configuration and (by its folder) document type."""

    content_hash: str
    media_type: str
    configuration: str
    document_type: DocumentType | None


def check_size(context: IntakeContext, document: Document) -> None:
    """Raise Unreadable (`empty`, `too_large`) for a file that is not even fetched."""
    if document.size == 0:
        code, message = "empty", "The file has 0 bytes: upload it again."
        raise Unreadable(code, message)
    if document.size > context.limits.max_bytes:
        code = "too_large"
        message = f"The file has {document.size} bytes; the limit (INTRAY_MAX_BYTES) is {context.limits.max_bytes}."
        raise Unreadable(code, message)


async def admit(context: IntakeContext, document: Document, copy: LocalCopy) -> Admitted:
    """Tell what a file is; raises Unreadable (among them `unsupported`)."""
    media_type = await context.sniffer.media_type(copy.path)
    supported = context.readers.keys() | context.unpackers.keys()
    if media_type not in supported:
        raise unsupported_format(media_type, supported)
    document_type = await load_folder_type(context, document)
    parts = configuration(context, document_type, document.policy)
    return Admitted(copy.content_hash, media_type, parts, document_type)


async def load_folder_type(context: IntakeContext, document: Document) -> DocumentType | None:
    """Return the document type that the upload's container or folder names; None when neither does.

    One that is not known yet may have come this minute. Raises Blocked when the container's type does not exist.
    """
    name = document.policy.document_type or document.folder
    if not name:
        return None
    known_types = await context.types.current_types()
    if name not in known_types:
        known_types = await context.types.current_types(fresh=True)
    if document.policy.document_type and name not in known_types:
        text = (
            f"The container {document.upload_container!r} is for documents of the type {name!r}, which does not exist: "
        )
        raise Blocked(f"{text}add the type, or change INTRAY_CONTAINERS.", code="unknown_type")
    return known_types.get(name)


def configuration(
    context: IntakeContext, document_type: DocumentType | None, policy: UploadPolicy | None = None
) -> str:
    """Return the hash of how bytes are processed: the type that is named for them (if any), prompts, models, pictures.

    The type's version is no part of it: most files learn their type only later. `claim_content` compares versions.
    The rules of the container are: equal bytes under other rules have another reader, zone or end, so they are no copy.
    """
    parts: dict[str, object] = {
        "type": document_type.name if document_type else None,
        "prompts": PROMPT_VERSION,
        "hints": context.model_hints,
        "models": context.gateway.catalogue.model_dump(mode="json", include={"deployments": {"__all__": {"name"}}}),
        "ocr": context.recognizer and context.recognizer.name,
        "pictured": context.limits.pictured_pages,
    }
    if policy is not None and policy != UploadPolicy():
        parts["policy"] = dump_stored(policy)
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]


async def claim_content(context: IntakeContext, document: Document, admitted: Admitted) -> str | None:
    """Claim the content for this Document; the id of the Document that holds the claim, if another does.

    The claim of a Document without a result, or whose type has changed since, is taken over.
    """
    partition = content_partition(admitted.content_hash, admitted.configuration)
    try:
        await context.records.commit(CATALOG, partition, [Insert("owner", json.dumps(document.id))])
    except Conflict:
        claim = await context.records.get(CATALOG, partition, "owner")
        if claim is None:
            raise
        owner = load_owner(claim) or ""
        if owner == document.id:
            return None
        try:
            holder = await load(context, owner)
        except UnreadableRecord:  # whether it has a result is not known: this copy gets its own, and claims nothing
            return None
        if (
            holder is not None
            and holder.run.state not in REPLACED_BY_COPY
            and await _is_up_to_date(context, holder.run)
        ):
            return owner
        await context.records.commit(CATALOG, partition, [Replace("owner", json.dumps(document.id), claim.version)])
    return None


async def _is_up_to_date(context: IntakeContext, run: Run) -> bool:
    """Return whether a Run's document type is still what it was; one that is not known yet will be."""
    if not run.type_version:
        return True
    document_type = (await context.types.current_types()).get(run.document_type or "")
    return document_type is not None and document_type.version == run.type_version
