"""What a schema asks for is read from its descriptions, types and names."""

from typing import Any

import pytest

from local.model_server.offline.schema import guess_fields, shape_answer
from shared.pipeline.models.prompting.schema import extraction_schema
from shared.rule_reader.extract import Extract, ExtractedValue
from shared.rule_reader.fields.fields import Field
from shared.rule_reader.fields.roles import money_role, party_role
from shared.rule_reader.fields.values import TableRow
from tests.support.paper import VOCABULARY, Cell, extracted, field, fields, table


def test_a_field_is_also_labelled_by_its_title_and_name() -> None:
    """The labels of its specification come first; of a title with an object's name, the part behind the colon."""
    (spec,) = fields(payer_vat=field("identifier", "Payer: VAT number", "VAT no.", identifier="vat"))
    read = Field.from_spec(spec)
    assert ("VAT no.", "Payer: VAT number", "VAT number", "payer vat") == read.labels
    assert ("identifier", "vat") == (read.field_type, read.identifier)


@pytest.mark.parametrize(
    ("name", "node", "kind"),
    [
        ("start_date", {"type": "string"}, "date"),
        ("currency", {"type": "string"}, "currency"),
        ("case_number", {"type": "string"}, "identifier"),
        ("total_price", {"type": "number"}, "money"),
        ("age", {"type": ["integer", "null"]}, "number"),
        ("agreed", {"type": "boolean"}, "boolean"),
        ("remark", {"type": "string"}, "text"),
    ],
)
def test_without_a_hint_name_and_type_tell_the_kind(name: str, node: dict[str, Any], kind: str) -> None:
    """A schema by anybody else still has kinds."""
    (read,) = guess_fields({"type": "object", "properties": {name: node}})
    assert read.field_type == kind


def test_references_are_followed() -> None:
    """A pydantic schema keeps its row type under $defs."""
    asked = {
        "type": "object",
        "properties": {"rows": {"type": "array", "items": {"$ref": "#/$defs/Row"}}},
        "$defs": {"Row": {"type": "object", "properties": {"amount": {"type": "number"}}}},
    }
    (read,) = guess_fields(asked)
    assert (read.name, [(item.name, item.field_type) for item in read.columns]) == ("rows", [("amount", "money")])


def test_a_schema_without_hints_is_answered_in_its_own_shape() -> None:
    """`lines` is evidence where the schema has it; objects inside objects are fields with dotted names."""
    asked = extraction_schema(fields(**{"payer.name": field("text", "Name")}, rows=table(sum=field("money", "Sum"))))
    assert {"payer.name": "text", "rows": "table"} == {spec.name: spec.field_type for spec in guess_fields(asked)}
    row = TableRow({"sum": 2.0}, ("p1.l2",))
    extract = Extract({"payer.name": ExtractedValue("Ann", ("p1.l1",))}, {"rows": (row,)})
    assert {
        "payer": {"name": {"value": "Ann", "lines": ["p1.l1"]}},
        "rows": [{"lines": ["p1.l2"], "sum": 2.0}],
    } == shape_answer(asked, extract)


@pytest.mark.parametrize(
    ("name", "title", "role"),
    [
        ("net_total", "Net total", "net"),
        ("tax_total", "Tax total", "tax"),
        ("total", "Total", "gross"),
        ("amount_due", "Amount due", "due"),
        ("deductible", "Deductible", None),
    ],
)
def test_sums_have_roles_by_their_names(name: str, title: str, role: str | None) -> None:
    """The part in net + tax = gross is told by name and title."""
    (spec,) = fields(**{name: field("money", title)})
    assert money_role(Field.from_spec(spec), VOCABULARY) == role


@pytest.mark.parametrize(
    ("name", "title", "expected"),
    [
        ("merchant_name", "Merchant", (True, False)),
        ("customer_address", "Customer address", (False, True)),
        ("governing_law", "Governing law", None),
        ("customer_number", "Customer number", None),
    ],
)
def test_parties_have_roles_by_their_names(name: str, title: str, expected: tuple[bool, bool] | None) -> None:
    """Issuer or receiver, name or address; anything else is no party."""
    (spec,) = fields(**{name: field("text", title)})
    role = party_role(Field.from_spec(spec), VOCABULARY)
    assert (None if role is None else (role.issuer, role.address)) == expected


def test_a_label_of_a_column_takes_no_value_of_the_first_column() -> None:
    """Running text goes on at the left of its own line; the row under headings does not."""
    asked = fields(order=field("identifier", "Order", "Bestellnummer"))
    heads: list[Cell] = [(77, "Rechnungsnummer"), (208, "Rechnungsdatum"), (459, "Ihre Bestellnummer")]
    values: list[Cell] = [(90, "GB-2026-122"), (222, "19.05.2026"), (481, "B-77120")]
    assert extracted(asked, [heads, values])["order"]["value"] == "B-77120"
    text: list[list[Cell]] = [[(40, "Wir danken für Ihre Bestellnummer")], [(40, "B-77121 vom 19.05.2026.")]]
    assert extracted(asked, text)["order"]["value"] == "B-77121"
