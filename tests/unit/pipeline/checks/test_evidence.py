"""Signals: what the page and the rules say for a value."""

from decimal import Decimal

import pytest

from shared.domain.base.finding import Finding, Severity
from shared.domain.documents.extraction import Evidence, Extraction, FieldValue, Signals
from shared.domain.judging.answers import RangeAnswer, RawValue
from shared.domain.reading.page import Page
from shared.domain.types.document_type import DocumentType, FieldSpec, Rule
from shared.pipeline.checks.evidence import FOUND_ELSEWHERE, SUMMED, PageEvidence, add_checks
from shared.testing.builders.pages import text_lines

LINES = text_lines(1, "VAT 19 % 17,78", "VAT 7 % 31,21", "Total 588,39")
PAGE = Page(number=1, width=595, height=842, unit="pt", source="text", lines=LINES)
KIND = DocumentType(
    name="note",
    title="Note",
    fields=(
        FieldSpec(name="tax", field_type="money", title="Tax"),
        FieldSpec(name="total", field_type="money", title="Total"),
    ),
    rules=(Rule(id="tax_below_total", expression="tax < total", message="Too much tax.", fields=("tax", "total")),),
)


@pytest.mark.parametrize(
    ("tax", "cited", "expected"),
    [
        (Decimal("31.21"), (1,), 1.0),
        (Decimal("48.99"), (0, 1), SUMMED),
        (Decimal("588.39"), (0, 1), FOUND_ELSEWHERE),
        (Decimal("48.99"), (0,), 0.0),
        (Decimal("50.0"), (0, 1), 0.0),
    ],
)
def test_grounding_tells_where_a_value_stands(tax: Decimal, cited: tuple[int, ...], expected: float) -> None:
    """In the cited lines, as their sum, elsewhere once, or nowhere: less certain each time."""
    raw = RangeAnswer(fields={"tax": RawValue(value=tax, lines=tuple(LINES[index].id for index in cited))})
    signals = assessed(raw)["tax"].signals
    assert signals is not None
    assert expected == signals.grounded


@pytest.mark.parametrize(("severity", "expected"), [("error", 0.0), ("warning", None), ("info", None), (None, 1.0)])
def test_a_rule_that_fails_never_speaks_for_a_value(severity: Severity | None, expected: float | None) -> None:
    """An error denies the value, a warning leaves it open; only a rule that holds confirms it."""
    assert expected == rules_signal([severity] if severity else [])


def assessed(raw: RangeAnswer) -> dict[str, FieldValue]:
    evidence = PageEvidence(KIND)
    searches = evidence.find_unplaced_values(raw, [PAGE])
    for search in searches:
        search.search_page(PAGE)
    return evidence.assess_fields(raw, [PAGE], searches)


def test_an_error_outweighs_a_rule_that_holds() -> None:
    """One rule that holds does not save a value that another one denies."""
    assert 0.0 == rules_signal(["error"], rule="another")


def rules_signal(severities: list[Severity], rule: str = "tax_below_total") -> float | None:
    signals = Signals(grounded=1, ocr=1, parsed=1)
    tax, total = (
        FieldValue(
            value=value,
            evidence=(Evidence(page=1, lines=("p1.l1",), boxes=((0, top, 9, top + 9),), text="?"),),
            signals=signals,
        )
        for value, top in ((Decimal(1), 0), (Decimal(2), 20))
    )
    told = [Finding(rule=rule, severity=severity, message="?", fields=("tax",)) for severity in severities]
    checked = add_checks(KIND, Extraction(fields={"tax": tax, "total": total}), told, {})
    judged = checked.fields["tax"].signals
    assert judged is not None
    return judged.rules
