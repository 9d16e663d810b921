"""`intray types`: problems as compilers tell them, drafts that are right types, exports of Pydantic models."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Literal

import pytest
import yaml
from pydantic import BaseModel, Field

from cli.types.types import check, export, write
from local.drafting.draft import Draft, DraftField, slug, type_yaml
from local.drafting.pydantic_model import NotExportable, model_yaml
from local.drafting.request import draft_call
from local.model_server.offline.reader import Question, answer
from local.model_server.schema_limits import check_schema
from shared.document_types.loader import load_type
from shared.domain.models.model_call import TextPart
from shared.domain.reading.page import Line, Page, Word

BAD = """name: bad
titel: Bad
schema:
  type: object
  properties:
    a: {type: string, x-label: [A]}
    b: {type: string, x-identifier: iben}
"""


def _type(root: Path, text: str, name: str) -> Path:
    (root / name).mkdir(parents=True)
    (root / name / "type.yaml").write_text(text)
    return root / name


def test_each_problem_is_a_line_with_its_place_and_remedy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One look shows everything that is wrong, where, and what to do."""
    folder = _type(tmp_path, BAD, "bad")
    assert 1 == check([tmp_path])
    told = capsys.readouterr().out.replace(f"{folder}/", "").splitlines()
    assert [
        "type.yaml:2: 'titel' is not read here — did you mean 'title'?",
        "type.yaml:6: schema.properties.a.x-label: 'x-label' is not read here — did you mean 'x-labels'?",
    ] == told[:2]
    assert told[2].startswith("type.yaml:7: schema.properties.b.x-identifier: there is no check for 'iben' — did you")


class Item(BaseModel):
    """A row."""

    what: str
    price: Decimal | None = None


class Address(BaseModel):
    """A place."""

    city: str


class DeliveryNote(BaseModel):
    """What came with a delivery."""

    number: str = Field(json_schema_extra={"x-kind": "identifier", "x-labels": ["Note no."]})
    day: date | None = None
    to: Address
    state: Literal["full", "part"] = "full"
    items: list[Item]


def test_a_pydantic_model_is_a_type(tmp_path: Path) -> None:
    """Nested models, lists of models, dates, choices and our own keys arrive as what they are."""
    kind = load_type(_type(tmp_path, model_yaml("delivery_note", DeliveryNote), "delivery_note"))
    fields = {spec.name: (spec.field_type, spec.required, spec.choices) for spec in kind.fields}
    assert {
        "number": ("identifier", True, ()),
        "day": ("date", False, ()),
        "to.city": ("text", True, ()),
        "state": ("text", False, ("full", "part")),
        "items": ("table", True, ()),
    } == fields
    assert ["text", "number"] == [column.field_type for column in kind.field("items").columns]
    assert ("Delivery note", "What came with a delivery.") == (kind.title, kind.description)


def test_what_is_no_type_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A list of single values is no table; a reference that names no model is no model."""

    class Tagged(BaseModel):
        tags: list[str]

    with pytest.raises(NotExportable, match="tags: a list of single values"):
        model_yaml("tagged", Tagged)
    assert 1 == export("pathlib:Path", tmp_path, None)
    assert "pathlib:Path is no Pydantic model" in capsys.readouterr().err


def _sample(number: int) -> list[Page]:
    cells = [
        (40, 20, "Lieferschein"),
        (40, 100, f"Lieferschein-Nr.: LS-{number}"),
        (40, 120, "Lieferdatum"),
        (200, 120, f"0{number}.03.2026"),
        (40, 140, "Gewicht: 12,5 kg"),
        (40, 160, "Erhalten: ☒"),
        (40, 200, "Artikel"),
        (200, 200, "Menge"),
        (300, 200, "Preis"),
        (40, 220, "Birnen"),
        (200, 220, "3"),
        (300, 220, "4,50 EUR"),
    ]
    lines = []
    for place, (x, y, text) in enumerate(cells, 1):
        height = 30 if y == 20 else 10
        word = Word(text=text, box=(x, y, x + 6 * len(text), y + height), certainty=1)
        lines.append(Line(id=f"p1.l{place}", words=(word,)))
    return [Page(number=1, width=600, height=800, unit="pt", source="text", lines=tuple(lines))]


def test_a_draft_from_samples_is_a_right_type(tmp_path: Path) -> None:
    """Labels, kinds and columns are those of the samples, and the request fits what the service takes."""
    call = draft_call("think", [_sample(1), _sample(2)], 1000)
    check_schema(call.schema_name, call.json_schema)
    texts = tuple(part.text for part in call.parts if isinstance(part, TextPart))
    draft = Draft.model_validate_json(answer(Question(call.schema_name, call.json_schema, texts, ())))
    assert 0 == write(tmp_path / "note", type_yaml("note", draft))
    kind = load_type(tmp_path / "note")
    assert {
        "lieferschein_nr": "identifier",
        "lieferdatum": "date",
        "gewicht": "number",
        "erhalten": "boolean",
        "rows": "table",
    } == {spec.name: spec.field_type for spec in kind.fields}
    assert ["text", "number", "money"] == [column.field_type for column in kind.field("rows").columns]
    assert ("Lieferschein", True) == (kind.title, kind.field("lieferdatum").required)
    assert 1 == write(tmp_path / "note", "never over what somebody wrote")


def test_names_are_plain_and_free() -> None:
    """Whatever a label holds, its field has a name that rules can use, and no two have the same."""
    assert ("empfaenger_strasse", "n_2_rate", "") == (slug("Empfänger / Straße"), slug("2. Rate"), slug("★"))
    twice = [
        DraftField(title=title, kind="text", labels=[], required=False, columns=[]) for title in ("A", "a", "Lines")
    ]
    body = yaml.safe_load(type_yaml("t", Draft(title="T", description="", labels=[], fields=twice)))
    assert ["a", "a_2", "lines_2"] == list(body["schema"]["properties"])
