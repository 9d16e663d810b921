"""The second look: supported, contradicted or missing, with the line that decides."""

import json
from typing import Any

from local.model_server.offline.reader import Question, answer
from tests.support.paper import Cell, document_part

ROWS: list[list[Cell]] = [
    [(40, "Invoice no."), (200, "KX-77")],
    [(40, "Date: 05.06.2018")],
    [(40, "Lieferant GmbH")],
    [(40, "Total"), (200, "119,00 EUR")],
]


def schema(*paths: str) -> dict[str, Any]:
    """The verification schema for these fields."""
    properties = {
        "field": {"type": "string", "enum": list(paths)},
        "verdict": {"type": "string", "enum": ["supported", "contradicted", "missing"]},
        "reason": {"type": "string"},
        "line": {"type": ["string", "null"]},
    }
    item = {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}
    return {"type": "object", "properties": {"verdicts": {"type": "array", "items": item}}}


def look(value: Any, kind: str, *labels: str, lines: tuple[str, ...] = (), rows: list[list[Cell]] = ROWS) -> Any:
    """The verdict and its line on one field."""
    item = {"value": value, "lines": lines, "title": "The field", "labels": labels, "kind": kind}
    task = "<extraction>\n" + json.dumps({"fields": {"it": item}, "findings": []}) + "\n</extraction>"
    question = Question("verify_thing", schema("it"), (task, document_part(rows)), ())
    (verdict,) = json.loads(answer(question))["verdicts"]
    return verdict["verdict"], verdict["line"]


def test_a_value_at_its_label_is_supported() -> None:
    """The labelled line decides."""
    assert look("KX-77", "identifier", "Invoice no.") == ("supported", "p1.l2")
    assert look("2018-06-05", "date", "Date") == ("supported", "p1.l3")
    assert look(119.0, "money", "Total") == ("supported", "p1.l6")


def test_another_value_at_the_label_contradicts() -> None:
    """A wrong value loses to the one at the label."""
    assert look("KX-78", "identifier", "Invoice no.") == ("contradicted", "p1.l2")
    assert look(191.0, "money", "Total") == ("contradicted", "p1.l6")


def test_a_value_without_a_label_is_held_against_its_cited_lines() -> None:
    """What the cited line says is supported; what no page says is contradicted."""
    assert look("Lieferant GmbH", "text", lines=("p1.l4",)) == ("supported", "p1.l4")
    assert look("Other Ltd", "text", lines=("p1.l4",)) == ("contradicted", "p1.l4")


def test_an_empty_field_whose_value_stands_there_is_missing() -> None:
    """A labelled value that was not taken is reported."""
    assert look(None, "money", "Total") == ("missing", "p1.l6")


def test_an_empty_field_without_a_label_is_right() -> None:
    """Nothing there, nothing taken: supported."""
    assert look(None, "money", "Freight") == ("supported", None)


def test_rows_must_stand_on_the_pages() -> None:
    """A table's words are looked for on the pages."""
    assert look([{"description": "Lieferant"}], "table")[0] == "supported"
    assert look([{"description": "Walrus"}], "table")[0] == "contradicted"


def test_only_fields_that_the_schema_names_get_a_verdict() -> None:
    """A field outside the enum would make the answer invalid."""
    task = '<extraction>\n{"fields": {"other": {"value": 1, "lines": []}}, "findings": []}\n</extraction>'
    question = Question("verify_thing", schema("it"), (task, document_part(ROWS)), ())
    assert json.loads(answer(question)) == {"verdicts": []}


def test_without_text_nothing_is_contradicted() -> None:
    """A page of which there is only an image cannot be held against a value."""
    assert look("KX-77", "identifier", "Invoice no.", rows=[]) == ("supported", None)


def test_arithmetic_decides_about_sums() -> None:
    """Where net, tax and gross close on the page, a sum that is part of it stands and another one falls."""
    rows: list[list[Cell]] = [
        [(40, "Net"), (200, "100.00")],
        [(40, "VAT"), (200, "19.00")],
        [(40, "Total"), (200, "119.00")],
    ]

    def verdicts(gross: float) -> list[str]:
        """The verdicts on a net, a tax and this gross."""
        names = {"net_total": (100.0, "Net"), "tax_total": (19.0, "VAT"), "grand_total": (gross, "Total")}
        fields = {
            name: {"value": value, "lines": [], "title": name.replace("_", " "), "labels": [label], "kind": "money"}
            for name, (value, label) in names.items()
        }
        task = "<extraction>\n" + json.dumps({"fields": fields, "findings": []}) + "\n</extraction>"
        question = Question("verify_thing", schema(*names), (task, document_part(rows)), ())
        return [item["verdict"] for item in json.loads(answer(question))["verdicts"]]

    assert verdicts(119.0) == ["supported", "supported", "supported"]
    assert verdicts(100.0) == ["supported", "supported", "contradicted"]
