"""The file's own e-invoice is compared with its pages; it never takes their place."""

from dataclasses import replace
from typing import Any

import pytest

from shared.domain.documents.task import StageMessage
from shared.domain.types.document_type import DocumentType, FieldSpec
from shared.domain.types.einvoice import SecondReading, Terms
from shared.pipeline.store.artifacts import artifact_name
from shared.testing.builders.pages import text_page
from shared.testing.reading import ScriptedDataReader
from tests.support.pipeline.world import ANSWERS, NOTE, PAGE, World, answering, make_world

BOUND = NOTE.model_copy(
    update={
        "fields": (
            NOTE.fields[0].model_copy(update={"terms": ("BT-1",)}),
            NOTE.fields[1].model_copy(update={"terms": ("BT-112",)}),
            NOTE.fields[2].model_copy(
                update={
                    "terms": ("BG-25",),
                    "columns": (
                        FieldSpec(name="what", field_type="text", title="What", terms=("BT-153",)),
                        FieldSpec(name="price", field_type="money", title="Price", terms=("BT-131",)),
                    ),
                }
            ),
            FieldSpec(name="order", field_type="identifier", title="Order", terms=("BT-13", "BT-10")),
        ),
        "policy": NOTE.policy.model_copy(update={"accept_at": 0.5}),
    }
)
ORDER: dict[str, Any] = {"order": {"value": None, "lines": []}}
EXTRACTED = ANSWERS["extract_note"] | ORDER
APPLES: Terms = {"BT-153": ("Apples",), "BT-131": ("3.50",)}
PEARS: Terms = {"BT-153": ("Pears",), "BT-131": ("2.00",)}
AGREEING: Terms = {"BT-1": ("a 17",), "BT-112": ("3.50",)}


def einvoice(terms: Terms = AGREEING, *rows: Terms, problem: str | None = None) -> SecondReading:
    """What an attached e-invoice says; one row of apples unless others are given."""
    return SecondReading(source="factur-x.xml", terms=terms, groups={"BG-25": rows or (APPLES,)}, problem=problem)


def world_of(second: SecondReading | None, *lines: str, kind: DocumentType = BOUND, **extracted: Any) -> World:
    """A World whose files carry this e-invoice and show these lines."""
    script = answering(extract_note=EXTRACTED | extracted)
    world = make_world(pages=(text_page(1, *(lines or PAGE)),), script=script, types=(kind,))
    world.context = replace(world.context, embedded_data_readers={"application/pdf": ScriptedDataReader(second)})
    return world


async def outcome(world: World) -> dict[str, Any]:
    """The Result of a file dropped into the World."""
    document = await world.drop()
    await world.settle()
    return await world.result(document)


def told(result: dict[str, Any]) -> list[tuple[str, str, list[str]]]:
    """The findings: rule, severity, fields."""
    return [(finding["rule"], finding["severity"], finding["fields"]) for finding in result["findings"]]


async def test_a_second_reading_that_agrees_is_evidence_and_makes_values_surer() -> None:
    """The page's evidence comes first; its own kind tells the other."""
    alone, both = [await outcome(world_of(second)) for second in (None, einvoice())]
    assert ("ACCEPT", []) == (both["disposition"], told(both))
    for name in ("number", "total"):
        kinds = [place["kind"] for place in both["fields"][name]["evidence"]]
        assert (["text", "embedded_xml"], True) == (kinds, both["fields"][name]["second"]["agrees"])
        assert both["fields"][name]["confidence"] > alone["fields"][name]["confidence"]
    (row,), (before,) = (result["fields"]["rows"]["rows"] for result in (both, alone))
    assert {"what": True, "price": True} == {name: entry["agrees"] for name, entry in row["second"].items()}
    assert row["confidence"] > before["confidence"]
    assert None is both["fields"]["total"]["evidence"][1]["page"]


async def test_a_document_without_an_e_invoice_is_as_it_was() -> None:
    """Same confidence, same findings, no second value."""
    plain, bound = [await outcome(world_of(None, kind=kind)) for kind in (_unbound(), BOUND)]
    assert [field["confidence"] for field in plain["fields"].values()] == [
        field["confidence"] for field in bound["fields"].values()
    ]
    assert [None] * 4 == [field["second"] for field in bound["fields"].values()]


async def test_a_field_without_a_business_term_is_not_compared() -> None:
    """Binding is the document type's choice."""
    result = await outcome(world_of(einvoice({"BT-112": ("99.00",)}, PEARS), kind=_unbound()))
    assert ([], "ACCEPT") == (told(result), result["disposition"])


async def test_a_total_that_differs_goes_to_a_person_and_stays_the_pages() -> None:
    """Neither side is preferred: the value is the page's, the finding names the field, both can be seen."""
    result = await outcome(world_of(einvoice(AGREEING | {"BT-112": ("8.50",)})))
    assert ("REVIEW", [("second_reading_differs", "error", ["total"])]) == (result["disposition"], told(result))
    total = result["fields"]["total"]
    assert (3.5, {"value": 8.5, "agrees": False, "reader": "e_invoice"}) == (total["value"], total["second"])
    assert ["text"] == [place["kind"] for place in total["evidence"]]
    assert "3.5" not in result["findings"][0]["message"]  # reasons travel in events, which hold no document text


async def test_no_model_is_told_what_the_e_invoice_says() -> None:
    """Two readings agree for what they are worth only when neither knew of the other."""
    said = []
    for second in (None, einvoice({"BT-1": ("a 17",), "BT-13": ("B-9",)})):
        world = world_of(second)
        await outcome(world)
        assert "verify_note" == world.models.calls[-1].schema_name
        said.append([call.hash() for call in world.models.calls if call.schema_name != "verify_note"])
        everything = " ".join(call.model_dump_json() for call in world.models.calls)
        assert [] == [word for word in ("B-9", "a 17") if word in everything]
    assert said[0] == said[1]


async def test_a_row_that_differs_is_named_with_its_cell() -> None:
    """Its partner is found by its place, since no number of it fits."""
    result = await outcome(world_of(einvoice(AGREEING, APPLES | {"BT-131": ("4.50",)})))
    assert [("second_reading_differs", "error", ["rows"])] == told(result)
    assert "Rows, row 1 (Price)" in result["findings"][0]["message"]


@pytest.mark.parametrize(("line", "agrees"), [("Apples, red 3.50", False), ("Apples 3.50", None)])
async def test_a_text_that_was_cut_short_differs_and_one_that_the_page_prints_shorter_does_not(
    line: str, agrees: bool | None
) -> None:
    """Where the cited line states all that the e-invoice does, the reading lost a part of it."""
    red = APPLES | {"BT-153": ("Apples, red",)}
    result = await outcome(world_of(einvoice(AGREEING, red), *PAGE[:2], line, PAGE[3]))
    assert agrees is result["fields"]["rows"]["rows"][0]["second"]["what"]["agrees"]
    assert ("REVIEW" if agrees is False else "ACCEPT") == result["disposition"]


async def test_a_row_that_the_page_lacks_is_told_by_count() -> None:
    """The row that both have agrees all the same."""
    result = await outcome(world_of(einvoice(AGREEING, PEARS, APPLES)))
    assert [("second_reading_rows", "error", ["rows"])] == told(result)
    assert {True} == {entry["agrees"] for entry in result["fields"]["rows"]["rows"][0]["second"].values()}


async def test_a_value_only_in_the_e_invoice_is_told_and_not_filled_in() -> None:
    """The page does not state it, so no person could confirm it there."""
    result = await outcome(world_of(einvoice(AGREEING | {"BT-13": ("B-9",)})))
    assert ("ACCEPT", [("second_reading_only", "warning", ["order"])]) == (result["disposition"], told(result))
    assert (None, {"value": "B-9", "agrees": None, "reader": "e_invoice"}) == (
        result["fields"]["order"]["value"],
        result["fields"]["order"]["second"],
    )


async def test_a_value_that_the_reading_overlooked_goes_to_a_person() -> None:
    """It stands on the page and in the e-invoice: the reading is incomplete."""
    result = await outcome(world_of(einvoice(AGREEING | {"BT-13": ("B-9",)}), *PAGE, "Order B-9"))
    assert ("REVIEW", [("second_reading_overlooked", "error", ["order"])]) == (result["disposition"], told(result))
    assert None is result["fields"]["order"]["value"]


@pytest.mark.parametrize(("reference", "agrees"), [("B-9", True), ("L-1", None)])
async def test_a_term_that_may_stand_in_speaks_for_a_value_and_never_against_it(
    reference: str, agrees: bool | None
) -> None:
    """The page shows one of several references; that the e-invoice has another one of them denies nothing."""
    order: Any = {"order": {"value": "B-9", "lines": ["p1.l5"]}}
    result = await outcome(world_of(einvoice(AGREEING | {"BT-10": (reference,)}), *PAGE, "Order B-9", **order))
    second = result["fields"]["order"]["second"]
    assert (agrees, "ACCEPT") == (second and second["agrees"], result["disposition"])


async def test_an_e_invoice_that_cannot_be_read_goes_to_a_person() -> None:
    """What cannot be compared must not pass as if there were nothing to compare."""
    result = await outcome(world_of(einvoice({}, problem="it is not well-formed XML")))
    assert ("REVIEW", ["second_reading_unreadable"]) == (result["disposition"], [rule for rule, _, _ in told(result)])


async def test_a_credit_note_may_show_its_amounts_as_negative() -> None:
    """The code says that they are credited; the sign on the page says the same."""
    credit: Any = {"total": {"value": -3.5, "lines": ["p1.l4"]}}
    for code, rules in (("381", []), ("380", ["second_reading_differs"])):
        result = await outcome(world_of(einvoice(AGREEING | {"BT-3": (code,)}), **credit))
        assert rules == [rule for rule, _, _ in told(result) if rule.startswith("second")]


async def test_the_second_reading_is_kept_and_a_repeated_step_keeps_the_same() -> None:
    """It is an artifact of the Run like any other: a crash after it costs nothing."""
    world = world_of(einvoice())
    document = await world.drop()
    first = StageMessage(document_id=document)
    await world.queues.send("read", first.model_dump_json())
    await world.settle()
    name = artifact_name(await world.run(document), "second-reading")
    kept = await world.blobs.read("work", name)
    assert kept is not None
    assert einvoice() == SecondReading.model_validate_json(kept)
    assert "ACCEPT" == (await world.result(document))["disposition"]


def _unbound() -> DocumentType:
    """The same type without a bound field."""
    fields = [
        spec.model_copy(
            update={"terms": (), "columns": tuple(column.model_copy(update={"terms": ()}) for column in spec.columns)}
        )
        for spec in BOUND.fields
    ]
    return BOUND.model_copy(update={"fields": tuple(fields)})
