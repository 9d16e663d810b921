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
_GIVEN_UP = frozenset({State.FAILED, State.HELD, State.DELETED})


async def repetition(
    context: StoreContext, document: Document, kind: DocumentType, values: Mapping[str, object]
) -> tuple[Finding, ...]:
    """Return a finding when an earlier Document states these values; else they are this Document's from now on.

    Safe to repeat: a Document never repeats itself, nor an earlier version of the same file. Raises Conflict when
    somebody else claims them at this moment.
    """
    claim = _claim_name(kind, values)
    earlier = None if claim is None else await _earlier(context, document, claim)
    if earlier is None:
        return ()
    titles = ", ".join(kind.field(name).title for name in kind.policy.unique)
    text = f"{titles}: an earlier document, {earlier}, states the same."
    return (Finding(rule=REPEATED, severity=kind.policy.unique_severity, message=text, fields=kind.policy.unique),)


async def give_up_values(context: StoreContext, document_id: str) -> None:
    """Let another Document state what this one did: it is forgotten."""
    async for asked in context.records.partition(DOCUMENTS, document_id, UNIQUE):
        held = await context.records.get(CATALOG, asked.key, _OWNER)
        if held is not None and load_owner(held) == document_id:
            await context.records.commit(CATALOG, asked.key, [Delete(_OWNER, held.version)])


def _claim_name(kind: DocumentType, values: Mapping[str, object]) -> str | None:
    """Return the claim's partition; None where the type asks for nothing or one of the values is absent."""
    stated = [_normal(values.get(name)) for name in kind.policy.unique]
    if not stated or not all(stated):
        return None
    return UNIQUE + hashlib.sha256(json.dumps([kind.name, *stated]).encode()).hexdigest()[:32]


def _normal(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{float(value):.2f}"  # rounded as doubles are: claims of earlier versions are found by this text
    return "" if value is None else compact_for_match(str(value))


async def _earlier(context: StoreContext, document: Document, claim: str) -> str | None:
    """Return which Document holds a claim, in words; None when it is `document` itself from now on."""
    await context.records.commit(
        DOCUMENTS, document.id, [Put(claim, "{}")]
    )  # first, so that forgetting finds the claim
    try:
        await context.records.commit(CATALOG, claim, [Insert(_OWNER, json.dumps(document.id))])
    except Conflict:
        held = await context.records.get(CATALOG, claim, _OWNER)
        if held is None:
            raise
        owner = load_owner(held) or ""
        if owner == document.id:
            return None
        try:
            holder = await load(context, owner)
        except UnreadableRecord:  # whether its statement counts is not known: a person looks
            return owner
        if holder is not None and not _replaceable(holder, document):
            return f"{holder.document.name} ({owner})"
        await context.records.commit(CATALOG, claim, [Replace(_OWNER, json.dumps(document.id), held.version)])
    return None


def _replaceable(holder: Snapshot, document: Document) -> bool:
    """Whether a holder's statement no longer counts: it failed, was rejected, or is an earlier version of this file."""
    same_file = (holder.document.container, holder.document.name) == (document.container, document.name)
    rejected = holder.run.state is State.FINALIZED and holder.run.disposition == "REJECT"
    return same_file or rejected or holder.run.state in _GIVEN_UP
