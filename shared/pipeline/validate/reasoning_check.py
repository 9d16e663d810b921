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
from shared.pipeline.checks.evidence import add_checks
from shared.pipeline.checks.support import RuleSupport
from shared.pipeline.context import Context
from shared.pipeline.models.fallback import ask_with_fallback
from shared.pipeline.models.gateway.gateway import payer_of
from shared.pipeline.models.prompting.prompts import verify_call

MAX_REASON_CHARACTERS = 500
"""Characters of a verdict's reason that are kept."""


class FieldCheck(NamedTuple):
    """The verdicts of a reasoning model, their cost, and a finding when there was no usable answer."""

    verdicts: dict[str, Verdict]
    bill: Bill
    findings: tuple[Finding, ...] = ()


def fields_to_check(
    document_type: DocumentType,
    extraction: Extraction,
    findings: Sequence[Finding],
    support: RuleSupport | None = None,
) -> tuple[str, ...]:
    """Return the single fields for which a verdict can change the outcome; none when a person reviews in any case.

    `support`: what `find_support` says of the Extraction, where that is known.
    """
    best = {name: Verdict(verdict="supported") for name in extraction.fields}
    if find_doubts(document_type, add_confidence(add_checks(document_type, extraction, findings, best, support))):
        return ()
    return tuple(name for name in extraction.fields if not _is_confirmed(extraction, name))


async def check_fields(
    context: Context,
    run: Run,
    document_type: DocumentType,
    names: Sequence[str],
    extraction: Extraction,
    findings: Sequence[Finding],
    pages: Sequence[Page],
) -> FieldCheck:
    """Have a reasoning model check the fields `names`. Of two verdicts on a field the worse one counts.

    Without a usable answer the document was read but not checked, which a finding says: a person looks at it.
    """
    if not names:
        return FieldCheck({}, Bill())
    call = verify_call(context, document_type, names, extraction, findings, pages)
    body, bill = await ask_with_fallback(context, call, "reasoning", payer_of(run, "validate", PLAN))
    if isinstance(body, Finding):
        text = f"The values could not be checked by a reasoning model: {body.message}"
        return FieldCheck({}, bill, (Finding(rule="unchecked", severity="error", message=text),))
    entries = sorted(body["verdicts"], key=lambda entry: entry["verdict"] != "supported")
    return FieldCheck({entry["field"]: _verdict(document_type, entry, pages) for entry in entries}, bill)


def _is_confirmed(extraction: Extraction, name: str) -> bool:
    """Return whether a second reading says the same of a value that stands on the page."""
    field = extraction.fields[name]
    return bool(field.second and field.second.agrees and field.signals and field.signals.grounded)


def _verdict(document_type: DocumentType, entry: dict[str, Any], pages: Sequence[Page]) -> Verdict:
    """Return a verdict with the line that it names, if that is one of those it was shown."""
    named = [(page, line) for page in pages for line in page.lines if line.id == entry["line"]]
    evidence = locate(document_type.field(entry["field"]), None, named)
    return Verdict(verdict=entry["verdict"], reason=entry["reason"][:MAX_REASON_CHARACTERS], evidence=evidence)
