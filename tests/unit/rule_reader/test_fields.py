"""What a schema asks for is read from its descriptions, types and names."""

from typing import Any

import pytest

from shared.rule_reader.fields.fields import read_fields
from shared.rule_reader.fields.roles import money_role, party_role
from tests.support.paper import Cell, column, extracted, field, schema, table


def test_labels_kind_and_title_come_from_the_description() -> None:
    """Quoted labels, the hint's kind and the first words are taken."""
    (read,), _ = read_fields(schema(vat=field("identifier", "VAT number", "VAT no.", "USt-IdNr.", identifier="vat")))
    assert (read.title, read.kind, read.identifier) == ("VAT number", "identifier", "vat")
    assert "USt-IdNr." in read.labels


def test_escaped_quotes_are_part_of_a_label() -> None:
    """A label may hold a quotation mark."""
    asked = field("text", "Note")
    asked["description"] = r'Note. Usually labelled: "The \"note\"", "Notiz". Text as printed.'
    (read,), _ = read_fields(schema(note=asked))
    assert read.labels[:2] == ('The "note"', "Notiz")


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
    (read,), _ = read_fields(schema(**{name: node}))
    assert read.kind == kind


def test_references_are_followed() -> None:
    """A pydantic schema keeps its row type under $defs."""
    asked = {
        "type": "object",
        "properties": {"rows": {"type": "array", "items": {"$ref": "#/$defs/Row"}}},
        "$defs": {"Row": {"type": "object", "properties": {"amount": {"type": "number"}}}},
    }
    _, (read,) = read_fields(asked)
    assert (read.name, [item.name for item in read.columns], read.cites) == ("rows", ["amount"], False)


def test_a_table_keeps_its_columns_in_order() -> None:
    """`lines` is evidence, not a column."""
    _, (read,) = read_fields(schema(rows=table(what=column("text", "What"), sum=column("money", "Sum"))))
    assert ([item.name for item in read.columns], read.cites) == (["what", "sum"], True)


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
    (read,), _ = read_fields(schema(**{name: field("money", title)}))
    assert money_role(read) == role


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
    (read,), _ = read_fields(schema(**{name: field("text", title)}))
    role = party_role(read)
    assert (None if role is None else (role.issuer, role.address)) == expected


def test_a_label_of_a_column_takes_no_value_of_the_first_column() -> None:
    """Running text goes on at the left of its own line; the row under headings does not."""
    asked = schema(order=field("identifier", "Order", "Bestellnummer"))
    heads: list[Cell] = [(77, "Rechnungsnummer"), (208, "Rechnungsdatum"), (459, "Ihre Bestellnummer")]
    values: list[Cell] = [(90, "GB-2026-122"), (222, "19.05.2026"), (481, "B-77120")]
    assert extracted(asked, [heads, values])["order"]["value"] == "B-77120"
    text: list[list[Cell]] = [[(40, "Wir danken für Ihre Bestellnummer")], [(40, "B-77121 vom 19.05.2026.")]]
    assert extracted(asked, text)["order"]["value"] == "B-77121"
