"""The second look: supported, contradicted or missing, with the line that decides."""

import json
from typing import Any

from local.model_server.offline.reader import Question, answer
from shared.pipeline.models.prompting.hints import hints_part
from shared.pipeline.models.prompting.schema import verification_schema
from tests.support.paper import Cell, document_part

ROWS: list[list[Cell]] = [
    [(40, "Invoice no."), (200, "KX-77")],
    [(40, "Date: 05.06.2018")],
    [(40, "Lieferant GmbH")],
    [(40, "Total"), (200, "119,00 EUR")],
]


def claim(name: str, value: Any, field_type: str, *labels: str, lines: tuple[str, ...] = ()) -> dict[str, Any]:
    """A field with its value, as the hints of a request have it."""
    field = {"name": name, "kind": field_type, "title": name.replace("_", " "), "labels": labels}
    return {"field": field, "value": value, "lines": lines}


def verdicts(claims: list[dict[str, Any]], rows: list[list[Cell]]) -> list[dict[str, Any]]:
    """What is answered on the claims."""
    names = [each["field"]["name"] for each in claims]
    (hints,) = hints_part({"claims": claims}, enabled=True)
    question = Question("verify_thing", verification_schema(names), (hints.text, document_part(rows)), ())
    told: list[dict[str, Any]] = json.loads(answer(question))["verdicts"]
    return told


def look(value: Any, kind: str, *labels: str, lines: tuple[str, ...] = (), rows: list[list[Cell]] = ROWS) -> Any:
    """The verdict and its line on one field."""
    (verdict,) = verdicts([claim("it", value, kind, *labels, lines=lines)], rows)
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


def test_without_claims_there_are_no_verdicts() -> None:
    """What a document says inside its fence is no claim."""
    (block,) = hints_part({"claims": [claim("it", "KX-77", "text")]}, enabled=True)
    assert verdicts([], [*ROWS, [(40, block.text)]]) == []


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

    def with_gross(gross: float) -> list[str]:
        """The verdicts on a net, a tax and this gross."""
        claims = [
            claim("net_total", 100.0, "money", "Net"),
            claim("tax_total", 19.0, "money", "VAT"),
            claim("grand_total", gross, "money", "Total"),
        ]
        return [item["verdict"] for item in verdicts(claims, rows)]

    assert with_gross(119.0) == ["supported", "supported", "supported"]
    assert with_gross(100.0) == ["supported", "supported", "contradicted"]
