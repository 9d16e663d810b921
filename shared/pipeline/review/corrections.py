"""Correct a Result: check the values, apply the document type's rules again, and score what depends on them."""

from collections.abc import Mapping, Sequence
from copy import replace
from typing import NamedTuple

from shared.document_types.rules import evaluate
from shared.document_types.rules.identifiers import is_invalid
from shared.domain.base.finding import Finding
from shared.domain.corrections.apply import Corrected, FieldValues, apply_changes
from shared.domain.corrections.request import RequestedChange
from shared.domain.corrections.row_ids import row_ids
from shared.domain.corrections.value_rules import ValueChecks
from shared.domain.documents.artifact_names import EXTRACTION
from shared.domain.documents.extraction import Extraction, FieldValue, Row, Scalar
from shared.domain.documents.result import Result, ResultField
from shared.domain.documents.review import Correction
from shared.domain.judging.grounding.ambiguity import AMBIGUOUS_VALUE, OTHER_SIGN
from shared.domain.judging.printed_identifiers import soften_printed
from shared.domain.judging.routing import add_confidence
from shared.domain.types.document_type import DocumentType
from shared.domain.values.currency_signs import currency_codes
from shared.pipeline.checks.evidence import add_checks
from shared.pipeline.checks.stated_sums import ROWS_SUM_STATED
from shared.pipeline.checks.uniqueness import REPEATED, find_repetition
from shared.pipeline.checks.unread import UNREAD_RULES
from shared.pipeline.checks.unread_columns import EMPTY_COLUMN
from shared.pipeline.context import Context
from shared.pipeline.store import artifacts
from shared.pipeline.store.runs import Snapshot

CERTAIN = 1.0
"""The confidence of a value that a person entered or confirmed."""

_RULES_OF_VALUES = frozenset({"contradicted", "missing", AMBIGUOUS_VALUE, OTHER_SIGN, EMPTY_COLUMN, ROWS_SUM_STATED})
"""The rules of findings about one value or table: what the checking model said of it, and how else it can be read."""


class CorrectedResult(NamedTuple):
    """A Result with a person's values, and what they changed in it."""

    result: Result
    changes: tuple[Correction, ...]


async def apply_corrections(
    context: Context, snapshot: Snapshot, result: Result, requests: Sequence[RequestedChange], *, rejected: bool = False
) -> CorrectedResult:
    """Return the Result with these changes; raises InvalidCorrections, and then nothing has changed.

    Findings of rules are those of the new values; findings about the pages stay. `rejected`: required values may be
    cleared, and no other document is kept from stating the same.
    """
    if not requests:
        return CorrectedResult(result, ())
    run = snapshot.run
    document_type = await context.types.load_version(run.document_type or "", run.type_version)
    corrected = _apply(document_type, result, requests, rejected=rejected)
    fields = result.fields | _corrected_fields(result, corrected)
    values = {name: field.value for name, field in fields.items()}
    stored = await artifacts.fetch_if_saved(context, run, EXTRACTION, Extraction)
    read = {name: field for name, field in stored.fields.items() if field.value == values[name]} if stored else {}
    findings = soften_printed(document_type, Extraction(fields=read), evaluate.findings(document_type, values))
    all_findings = (*_other_findings(document_type, result, corrected.changes, values), *findings)
    if corrected.changes and not rejected and not run.forced:
        repeated = await find_repetition(context, snapshot.document, document_type, values)
        all_findings = (*(finding for finding in all_findings if finding.rule != REPEATED), *repeated)
    changed = replace(
        result,
        fields=_rescore(document_type, fields, stored, findings),
        findings=all_findings,
        corrections=(*result.corrections, *corrected.changes),
    )
    return CorrectedResult(changed, corrected.changes)


def with_row_ids(result: Result) -> Result:
    """Return the Result as the API shows it: each row with the id that corrections address."""
    fields = {
        name: replace(field, rows=_identified_rows(name, field, result.corrections)) if field.rows else field
        for name, field in result.fields.items()
    }
    return replace(result, fields=fields)


def _identified_rows(table: str, field: ResultField, history: Sequence[Correction]) -> tuple[Row, ...]:
    ids, _ = row_ids(table, len(field.rows), history)
    return tuple(replace(row, id=row_id) for row, row_id in zip(field.rows, ids, strict=True))


def _apply(
    document_type: DocumentType, result: Result, requests: Sequence[RequestedChange], *, rejected: bool
) -> Corrected:
    tables = {spec.name for spec in document_type.fields if spec.field_type == "table"}
    single: dict[str, Scalar] = {
        name: field.value
        for name, field in result.fields.items()
        if name not in tables and not isinstance(field.value, list)
    }
    rows = {
        name: _identified_rows(name, field, result.corrections)
        for name, field in result.fields.items()
        if name in tables
    }
    specs = {spec.name: spec for spec in document_type.fields}
    checks = ValueChecks(currency_codes(), is_invalid)
    return apply_changes(specs, FieldValues(single, rows), requests, result.corrections, checks, may_be_empty=rejected)


def _corrected_fields(result: Result, corrected: Corrected) -> dict[str, ResultField]:
    """Return the fields that a person named; evidence stays only with a value that is unchanged."""
    fields: dict[str, ResultField] = {}
    for name, value in corrected.single.items():
        before = result.fields.get(name, ResultField())
        same = before if before.value == value and type(before.value) is type(value) else ResultField(value=value)
        fields[name] = replace(same, confidence=None if value is None else CERTAIN)
    for name, rows in corrected.tables.items():
        fields[name] = _table_field(tuple(replace(row, id="") for row in rows))
    return fields


def _table_field(rows: tuple[Row, ...]) -> ResultField:
    """Return a table as a Result holds it: as certain as its least certain row."""
    return ResultField(
        value=[dict(row.cells) for row in rows],
        confidence=min((row.confidence for row in rows if row.confidence is not None), default=None),
        evidence=tuple(place for row in rows for place in row.evidence),
        rows=rows,
    )


def _other_findings(
    document_type: DocumentType, result: Result, changes: Sequence[Correction], values: Mapping[str, object]
) -> tuple[Finding, ...]:
    """Return the findings that no rule made from the values: they stay, unless a value came where none was read.

    What the checking model said of a value, and how else it can be read, goes with the value, and what was found about
    the cells of a table with the table.
    """
    before = {name: field.value for name, field in result.fields.items()}
    made = {finding.rule for finding in evaluate.findings(document_type, before)} | {
        rule.id for rule in document_type.rules
    }
    made |= evaluate.BUILT_IN_RULES
    filled = {name for name, value in values.items() if value not in evaluate.ABSENT}
    changed = {change.field for change in changes}
    return tuple(
        finding
        for finding in result.findings
        if finding.rule not in made
        if finding.rule not in UNREAD_RULES or filled.isdisjoint(finding.fields)
        if finding.rule not in _RULES_OF_VALUES or not changed.issuperset(finding.fields)
    )


def _rescore(
    document_type: DocumentType, fields: dict[str, ResultField], stored: Extraction | None, findings: Sequence[Finding]
) -> dict[str, ResultField]:
    """Return the fields with the confidence that they have after the rules ran again.

    What a person entered stays certain. `stored` holds the signals of single values; without it their confidence stays.
    """
    signals = {name: field.signals for name, field in stored.fields.items()} if stored else {}
    tables = {spec.name for spec in document_type.fields if spec.field_type == "table"}
    single = {
        name: FieldValue(
            evidence=field.evidence,
            confidence=field.confidence,
            signals=None if field.confidence in {None, CERTAIN} else signals.get(name),
            verdict=field.verdict,
            value=None if isinstance(field.value, list) else field.value,
        )
        for name, field in fields.items()
        if name not in tables
    }
    rows = {name: field.rows for name, field in fields.items() if name in tables}
    verdicts = {name: field.verdict for name, field in fields.items() if field.verdict}
    checked = add_confidence(add_checks(document_type, Extraction(fields=single, tables=rows), findings, verdicts))
    rescored = {name: replace(fields[name], confidence=field.confidence) for name, field in checked.fields.items()}
    return fields | rescored | {name: _table_field(rows) for name, rows in checked.tables.items()}
