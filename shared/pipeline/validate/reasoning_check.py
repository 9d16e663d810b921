"""Checking by a reasoning model: asked only where its answer can change what becomes of the document.

What goes to a person in any case is not asked about: an error, hidden text, a value whose confidence no support would
lift to the policy's threshold, a row that is doubtful. Nor is a value that an independent second reading confirms where
it stands. Everything else is, however sure it seems: a contradiction always brings a person in.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from shared.domain.base.finding import Finding
from shared.domain.documents.extraction import Extraction, Verdict
from shared.domain.documents.run import Run
from shared.domain.documents.task import PLAN
from shared.domain.judging.grounding.search import locate
from shared.domain.judging.routing import add_confidence, find_doubts
from shared.domain.models.model_call import Bill
from shared.domain.reading.page import Page
from shared.domain.types.document_type import DocumentType
from shared.pipeline.checks.evidence import with_checks
from shared.pipeline.context import Context
from shared.pipeline.models.fallback import asked
from shared.pipeline.models.gateway.gateway import payer
from shared.pipeline.models.prompting.prompts import verify_call

LONGEST_REASON = 500
"""Characters kept of what the model says to a value."""


class Checked(NamedTuple):
    """What a reasoning model says of fields, what asking cost, and that it gave no usable answer if it did not."""

    verdicts: dict[str, Verdict]
    bill: Bill
    findings: tuple[Finding, ...] = ()


def open_fields(kind: DocumentType, extraction: Extraction, told: Sequence[Finding]) -> tuple[str, ...]:
    """The single fields for which a verdict can change the outcome; none when a person will look whatever it is."""
    best = {name: Verdict(verdict="supported") for name in extraction.fields}
    if find_doubts(kind, add_confidence(with_checks(kind, extraction, told, best))):
        return ()
    return tuple(name for name in extraction.fields if not _confirmed(extraction, name))


async def checked(
    context: Context,
    run: Run,
    kind: DocumentType,
    names: Sequence[str],
    extraction: Extraction,
    told: Sequence[Finding],
    pages: Sequence[Page],
) -> Checked:
    """Have a reasoning model check the fields `names`. Of two verdicts on a field the worse one counts.

    Without a usable answer the document was read but not checked, which a finding says: a person looks at it.
    """
    if not names:
        return Checked({}, Bill())
    call = verify_call(context, kind, names, extraction, told, pages)
    body, bill = await asked(context, call, "reasoning", payer(run, "validate", PLAN))
    if isinstance(body, Finding):
        text = f"The values could not be checked by a reasoning model: {body.message}"
        return Checked({}, bill, (Finding(rule="unchecked", severity="error", message=text),))
    entries = sorted(body["verdicts"], key=lambda entry: entry["verdict"] != "supported")
    return Checked({entry["field"]: _verdict(kind, entry, pages) for entry in entries}, bill)


def _confirmed(extraction: Extraction, name: str) -> bool:
    """Return whether a second reading says the same of a value that stands on the page."""
    field = extraction.fields[name]
    return bool(field.second and field.second.agrees and field.signals and field.signals.grounded)


def _verdict(kind: DocumentType, entry: dict[str, Any], pages: Sequence[Page]) -> Verdict:
    """Return a verdict with the line that it names, if that is one of those it was shown."""
    named = [(page, line) for page in pages for line in page.lines if line.id == entry["line"]]
    evidence = locate(kind.field(entry["field"]), None, named)
    return Verdict(verdict=entry["verdict"], reason=entry["reason"][:LONGEST_REASON], evidence=evidence)
