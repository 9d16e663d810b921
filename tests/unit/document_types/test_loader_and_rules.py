"""Document types are read from folders, and what is wrong with one is said so that it can be mended."""

from pathlib import Path

import pytest

from shared.document_types.loader import BUILT_IN, load_types
from shared.document_types.rules.evaluate import findings
from shared.document_types.yaml_files.folder import InvalidType
from shared.domain.types.document_type import DocumentType, FieldSpec, Rule
from shared.pipeline.models.prompting.schema import extraction_schema

GOOD = """
name: note
title: Note
labels: [Note]
schema:
  type: object
  required: [number]
  properties:
    number: {type: string, x-kind: identifier, x-labels: [No.]}
    day: {type: string, format: date}
    weight: {type: number}
    iban: {type: string, x-identifier: iban}
    rows: {type: array, items: {type: object, properties: {what: {type: string}, price: {type: number}}}}
rules:
  - {id: heavy, fields: [weight], expression: "weight > 0.0", message: Too light.}
  - {id: prices, fields: [rows], expression: "rows.all(row, row.price > 0.0)", message: A price is not positive.}
"""


def _folder(root: Path, text: str, name: str = "note") -> Path:
    (root / name).mkdir()
    (root / name / "type.yaml").write_text(text)
    return root


def _kind(root: Path) -> DocumentType:
    return load_types(_folder(root, GOOD))["note"]


def test_the_built_in_types_have_the_fields_that_labels_use() -> None:
    """The names are those of the labelled data, so that results can be scored."""
    types = load_types(BUILT_IN)
    assert ["merchant_name", "merchant_address", "date", "total", "tax_total"] == [
        field.name for field in types["receipt"].fields
    ]
    rows = types["invoice"].field("line_items")
    assert ["description", "quantity", "unit_price", "amount", "tax_rate"] == [column.name for column in rows.columns]


def test_a_field_is_bound_to_one_business_term_or_to_several(tmp_path: Path) -> None:
    """A table to a group, its columns to terms of that group."""
    text = GOOD.replace("format: date", "format: date, x-einvoice: [BT-2, BT-72]")
    text = text.replace("type: array", "type: array, x-einvoice: BG-25").replace(
        "price: {", "price: {x-einvoice: BT-131, "
    )
    kind = load_types(_folder(tmp_path, text))["note"]
    rows = kind.field("rows")
    assert (("BT-2", "BT-72"), ("BG-25",), (), ("BT-131",)) == (
        kind.field("day").terms,
        rows.terms,
        *(column.terms for column in rows.columns),
    )


def test_a_type_is_versioned_by_its_content(tmp_path: Path) -> None:
    """Any change of the file is a new configuration."""
    first = _kind(tmp_path).version
    (tmp_path / "note" / "type.yaml").write_text(GOOD.replace("Too light", "Far too light"))
    assert first != load_types(tmp_path)["note"].version


def test_kinds_follow_from_the_schema(tmp_path: Path) -> None:
    """JSON Schema's types and formats are enough; x-kind is only for what they cannot say."""
    kinds = {field.name: field.field_type for field in _kind(tmp_path).fields}
    assert {"number": "identifier", "day": "date", "weight": "number", "iban": "text", "rows": "table"} == kinds


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ("name: [", "not valid YAML"),
        ("name: note", "the type has no `schema`"),
        (GOOD.replace("required: [number]", "required: [nummer]"), "there is no field nummer — did you mean 'number'?"),
        (GOOD.replace("name: note", "name: notes"), "make them the same"),
        (GOOD.replace("weight > 0.0", "wight > 0.0"), "no field is called wight"),
        (GOOD.replace("weight > 0.0", "weight >"), "does not parse"),
        (GOOD.replace("type: number", "type: [number]", 1).replace("{type: number}", "{type: 7}", 1), "schema"),
        (GOOD.replace("title: Note", "titel: Note"), "title"),
        (GOOD.replace("x-kind: identifier", "x-kind: colour"), "kind"),
        (
            GOOD.replace("format: date", "format: date, x-einvoice: BT-999"),
            "day.x-einvoice: x-einvoice names BT-999; the terms that a field can be bound to are BT-1,",
        ),
        (GOOD.replace("format: date", "format: date, x-einvoice: BG-25"), "day.x-einvoice: x-einvoice names BG-25"),
        (
            GOOD.replace("type: array", "type: array, x-einvoice: BT-1"),
            "rows.x-einvoice: x-einvoice names BT-1; the groups that a table can be bound to are BG-25",
        ),
        (GOOD.replace("what: {type: string", "what: {x-einvoice: BT-153, type: string"), "bound to no group"),
    ],
)
def test_a_broken_type_says_what_to_mend(tmp_path: Path, broken: str, said: str) -> None:
    """The message names the file and the place."""
    with pytest.raises(InvalidType, match=r"type\.yaml") as caught:
        load_types(_folder(tmp_path, broken))
    assert said in str(caught.value)


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    """A folder of types that does not exist is a mistake, never an empty set."""
    with pytest.raises(InvalidType, match="is not a folder"):
        load_types(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("values", "rules"),
    [
        ({"number": "1", "weight": 2.0}, []),
        ({"number": "1", "weight": -2.0}, ["heavy"]),
        ({"number": None, "weight": None}, ["required"]),
        ({"number": "1", "rows": [{"what": "a", "price": 1.0}, {"what": "b", "price": -1.0}]}, ["prices"]),
        ({"number": "1", "rows": [{"what": "a", "price": None}]}, ["prices"]),
        ({"number": "1", "iban": "DE89 3704 0044 0532 0130 00"}, []),
        ({"number": "1", "iban": "DE89 3704 0044 0532 0130 01"}, ["identifier"]),
    ],
)
def test_rules_say_what_does_not_hold(tmp_path: Path, values: dict[str, object], rules: list[str]) -> None:
    """Rules are skipped while a value is absent; required fields and check digits are always looked at."""
    assert rules == [finding.rule for finding in findings(_kind(tmp_path), values)]


def test_a_rule_that_cannot_be_evaluated_is_a_warning_not_a_crash() -> None:
    """A mistake in a rule reaches the reviewer, and never stops a document."""
    rule = Rule(id="odd", expression="weight + 1 > 2.0", message="Odd.", fields=("weight",))
    kind = DocumentType(
        name="n", title="N", fields=(FieldSpec(name="weight", field_type="number", title="W"),), rules=(rule,)
    )
    told = findings(kind, {"weight": 2.0})
    assert [("odd", "warning")] == [(finding.rule, finding.severity) for finding in told]


def test_schemas_stay_within_what_structured_outputs_take(tmp_path: Path) -> None:
    """Objects are closed, everything is required, and nothing of JSON Schema is used that Azure refuses."""
    seen: list[str] = []

    def check(node: object) -> None:
        if isinstance(node, dict):
            seen.extend(key for key in node if isinstance(key, str))
            if node.get("type") == "object":
                assert node["additionalProperties"] is False
                assert list(node["properties"]) == node["required"]
            for value in node.values():
                check(value)

    check(extraction_schema(_kind(tmp_path).fields))
    assert not {"pattern", "format", "minimum", "maximum", "minLength", "minItems", "default"} & set(seen)


@pytest.mark.parametrize(
    ("number", "told"),
    [
        ("DE136695976", []),
        ("DE136695977", ["identifier"]),
        ("CHE109322551", []),
        ("CHE109322552", ["identifier"]),
        ("GB980780684", []),
        ("XX123", []),
        ("123", []),
    ],
)
def test_vat_numbers_are_checked_by_their_country(number: str, told: list[str]) -> None:
    """Check digits are verified where the country's rule is known; elsewhere nothing is claimed."""
    seller = FieldSpec(name="vat", field_type="identifier", title="VAT number", identifier="vat")
    kind = DocumentType(name="n", title="N", fields=(seller,))
    assert told == [finding.rule for finding in findings(kind, {"vat": number})]


@pytest.mark.parametrize(
    ("identifier", "right", "wrong"),
    [
        ("iban", "DE89 3704 0044 0532 0130 00", "DE89 3704 0044 0532 0130"),
        ("iban", "GB82WEST12345698765432", "GB82WEST12345698765433"),
        ("vat", "ATU13585627", "ATU13585628"),
        ("ean", "4006381333931", "4006381333930"),
        ("lei", "213800KUD8LAJWSQ9D15", "213800KUD8LAJWSQ9D16"),
        ("isbn", "978-0-471-11709-4", "978-0-471-11709-5"),
        ("luhn", "4111111111111111", "4111111111111112"),
        ("de.idnr", "36 574 261 809", "36 574 261 890"),
    ],
)
def test_a_check_digit_that_fails_is_an_error_in_a_field_and_in_a_row(identifier: str, right: str, wrong: str) -> None:
    """One digit off, or the end cut away: a person looks, whatever else speaks for the value."""
    code = FieldSpec(name="code", field_type="identifier", title="Code", identifier=identifier)
    table = FieldSpec(name="rows", field_type="table", title="Rows", columns=(code,))
    kind = DocumentType(name="note", title="Note", fields=(code, table))
    for value, expected in ((right, []), (wrong, [("identifier", "error")] * 2)):
        told = findings(kind, {"code": value, "rows": [{"code": right}, {"code": value}]})
        assert expected == [(finding.rule, finding.severity) for finding in told]
