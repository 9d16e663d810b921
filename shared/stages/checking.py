"""Checking by a reasoning model: asked only where its answer can change what becomes of the document.

What goes to a person in any case is not asked about: an error, hidden text, a value whose confidence no support would
lift to the policy's threshold, a row that is doubtful. Nor is a value that an independent second reading confirms where
it stands. Everything else is, however sure it seems: a contradiction always brings a person in.
"""

from collections.abc import Sequence
from typing import Any

from shared.domain.document_type import DocumentType
from shared.domain.extraction import Extraction, Verdict
from shared.domain.finding import Finding
from shared.domain.model_call import Bill
from shared.domain.page import Page
from shared.domain.run import Run
from shared.domain.task import PLAN
from shared.stages.asking import asked
from shared.stages.assess import with_checks
from shared.stages.core import Core
from shared.stages.gateway import payer
from shared.stages.grounding import locate
from shared.stages.prompts import verify_call
from shared.stages.routing import doubts, scored

LONGEST_REASON = 500
"""Characters kept of what the model says to a value."""


def open_fields(kind: DocumentType, extraction: Extraction, told: Sequence[Finding]) -> tuple[str, ...]:
    """The single fields for which a verdict can change the outcome; none when a person will look whatever it is."""
    best = {name: Verdict(verdict="supported") for name in extraction.fields}
    if doubts(kind, scored(with_checks(kind, extraction, told, best))):
        return ()
    return tuple(name for name in extraction.fields if not _confirmed(extraction, name))


async def checked(
    core: Core,
    run: Run,
    kind: DocumentType,
    names: Sequence[str],
    extraction: Extraction,
    told: Sequence[Finding],
    pages: Sequence[Page],
) -> tuple[dict[str, Verdict], Bill]:
    """What a reasoning model says of the fields `names`, by field, and what asking cost.

    Nothing when it gave no usable answer: then no value gains by it. Of two verdicts on a field the worse one counts.
    """
    if not names:
        return {}, Bill()
    call = verify_call(core, kind, names, extraction, told, pages)
    body, bill = await asked(core, call, "reasoning", payer(run, "validate", PLAN))
    if isinstance(body, Finding):
        return {}, bill
    entries = sorted(body["verdicts"], key=lambda entry: entry["verdict"] != "supported")
    return {entry["field"]: _verdict(kind, entry, pages) for entry in entries}, bill


def _confirmed(extraction: Extraction, name: str) -> bool:
    """Whether a second reading says the same of a value that stands on the page."""
    field = extraction.fields[name]
    return bool(field.second and field.second.agrees and field.signals and field.signals.grounded)


def _verdict(kind: DocumentType, entry: dict[str, Any], pages: Sequence[Page]) -> Verdict:
    """A verdict with the line that it names, if that is one of those it was shown."""
    named = [(page, line) for page in pages for line in page.lines if line.id == entry["line"]]
    evidence = locate(kind.field(entry["field"]), None, named)
    return Verdict(verdict=entry["verdict"], reason=entry["reason"][:LONGEST_REASON], evidence=evidence)
