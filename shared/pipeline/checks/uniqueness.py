"""Uniqueness: does a document state what an earlier one stated, as an invoice does that was sent twice?

The catalog partition `unique-<hash of type and values>` names the Document that stated them first.
"""

import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal

from shared.domain.base.errors import Conflict, UnreadableRecord
from shared.domain.base.finding import Finding
from shared.domain.documents.document import Document
from shared.domain.documents.run import State
from shared.domain.types.document_type import DocumentType
from shared.domain.values.matching import compact_for_match
from shared.pipeline.store.context import StoreContext
from shared.pipeline.store.rows.keys import CATALOG, DOCUMENTS
from shared.pipeline.store.rows.stored_rows import load_owner
from shared.pipeline.store.runs import Snapshot, load
from shared.ports.records import Delete, Insert, Put, Replace

UNIQUE = "unique-"
"""Begins the catalog partition of a claim, and the row by which its Document remembers having asked for it."""
REPEATED = "repeated"
"""The rule of a finding that an earlier Document states the same."""
_OWNER = "owner"
_STATES_WITHOUT_CLAIM = frozenset({State.FAILED, State.HELD, State.DELETED})


async def find_repetition(
    context: StoreContext, document: Document, document_type: DocumentType, values: Mapping[str, object]
) -> tuple[Finding, ...]:
    """Return a finding when an earlier Document states these values; else they are this Document's from now on.

    Safe to repeat: a Document never repeats itself, nor an earlier version of the same file. Raises Conflict when
    somebody else claims them at this moment.
    """
    claim = _claim_name(document_type, values)
    earlier = None if claim is None else await _claim_or_find_holder(context, document, claim)
    if earlier is None:
        return ()
    titles = ", ".join(document_type.field(name).title for name in document_type.policy.unique)
    text = f"{titles}: an earlier document, {earlier}, states the same."
    return (
        Finding(
            rule=REPEATED,
            severity=document_type.policy.unique_severity,
            message=text,
            fields=document_type.policy.unique,
        ),
    )


async def give_up_values(context: StoreContext, document_id: str) -> None:
    """Let another Document state what this one did: it is forgotten."""
    async for claim in context.records.partition(DOCUMENTS, document_id, UNIQUE):
        record = await context.records.get(CATALOG, claim.key, _OWNER)
        if record is not None and load_owner(record) == document_id:
            await context.records.commit(CATALOG, claim.key, [Delete(_OWNER, record.version)])


def _claim_name(document_type: DocumentType, values: Mapping[str, object]) -> str | None:
    """Return the claim's partition; None where the type asks for nothing or one of the values is absent."""
    stated = [_normalize(values.get(name)) for name in document_type.policy.unique]
    if not stated or not all(stated):
        return None
    return UNIQUE + hashlib.sha256(json.dumps([document_type.name, *stated]).encode()).hexdigest()[:32]


def _normalize(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{float(value):.2f}"  # rounded as doubles are: claims of earlier versions are found by this text
    return "" if value is None else compact_for_match(str(value))


async def _claim_or_find_holder(context: StoreContext, document: Document, claim: str) -> str | None:
    """Return which Document holds a claim, in words; None when it is `document` itself from now on."""
    await context.records.commit(
        DOCUMENTS, document.id, [Put(claim, "{}")]
    )  # first, so that forgetting finds the claim
    try:
        await context.records.commit(CATALOG, claim, [Insert(_OWNER, json.dumps(document.id))])
    except Conflict:
        record = await context.records.get(CATALOG, claim, _OWNER)
        if record is None:
            raise
        owner = load_owner(record) or ""
        if owner == document.id:
            return None
        try:
            holder = await load(context, owner)
        except UnreadableRecord:  # whether its statement counts is not known: a person looks
            return owner
        if holder is not None and not _is_replaceable(holder, document):
            return f"{holder.document.name} ({owner})"
        await context.records.commit(CATALOG, claim, [Replace(_OWNER, json.dumps(document.id), record.version)])
    return None


def _is_replaceable(holder: Snapshot, document: Document) -> bool:
    """Whether a holder's statement no longer counts: it failed, was rejected, or is an earlier version of this file."""
    same_file = (holder.document.container, holder.document.name) == (document.container, document.name)
    rejected = holder.run.state is State.FINALIZED and holder.run.disposition == "REJECT"
    return same_file or rejected or holder.run.state in _STATES_WITHOUT_CLAIM
