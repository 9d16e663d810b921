"""Hold documents that no type fits, and remember which types were tried."""

import hashlib
from collections.abc import Mapping

from shared.domain.base.stored import Stored, dump_stored
from shared.domain.documents.run import Reason
from shared.domain.models.model_call import Bill
from shared.domain.types.document_type import DocumentType
from shared.pipeline.context import Context
from shared.pipeline.endings import hold
from shared.pipeline.models.prompting.hints import classification_hints, hints_part
from shared.pipeline.models.prompting.prompts import listed_types
from shared.pipeline.store.rows.keys import CATALOG, UNTYPED
from shared.pipeline.store.runs import Snapshot
from shared.ports.records import Put

CODE = "unknown_type"
_MESSAGE = (
    "No document type fits this file: add one that does (it is then tried again), or drop it under incoming/<type>/."
)


class TriedTypes(Stored):
    """The row of a Document that waits for a type: the hash of the types that were tried."""

    tried: str


async def hold_untyped(
    context: Context, snapshot: Snapshot, known_types: Mapping[str, DocumentType], bill: Bill
) -> None:
    """Hold a Run that none of the `known_types` fits; raises Conflict when somebody moved it first."""
    row = Put(snapshot.document.id, dump_stored(TriedTypes(tried=fingerprint_types(context, known_types))))
    await context.records.commit(CATALOG, UNTYPED, [row])  # first, so that no held Run is without it
    await hold(context, snapshot, Reason(code=CODE, message=_MESSAGE), bill)


def fingerprint_types(context: Context, known_types: Mapping[str, DocumentType]) -> str:
    """Return the hash of what the classify prompt shows of types: changed rules are no reason to ask again."""
    types = [known_types[name] for name in sorted(known_types)]
    hints = hints_part(classification_hints(types), enabled=context.model_hints)
    shown_text = "\n".join([listed_types(types), *(part.text for part in hints)])
    return hashlib.sha256(shown_text.encode()).hexdigest()[:16]
