"""Forms: each field gets what stands at the caption that says most of its name."""

from typing import Any

import pytest

from shared.domain.types.document_type import FieldSpec
from tests.support.paper import ENTERED, extracted, field, fields

type Rows = list[list[tuple[float, str]]]


def values(rows: Rows, **asked: FieldSpec) -> dict[str, Any]:
    """The values read of fields, by name."""
    return {name: found["value"] for name, found in extracted(fields(**asked), rows).items()}


@pytest.mark.parametrize(
    "rows",
    [
        [[(40, "2 Business name/disregarded entity name, if different from above")], [(40, f"{ENTERED}Arctex Inc.")]],
        [[(40, "Business name (as registered)"), (300, f"{ENTERED}Arctex Inc.")]],
        [[(40, f"{ENTERED}Arctex Inc.")], [(40, "Name of the business")]],
    ],
)
def test_what_was_entered_is_found_by_the_words_of_its_caption(rows: Rows) -> None:
    """Above, before or below it, numbered or not, with more words than the field has."""
    assert {"n": "Arctex Inc."} == values(rows, n=field("text", "Business Name"))


def test_each_entry_goes_to_the_field_whose_name_its_caption_says_best() -> None:
    """Fields whose names share words do not take each other's values."""
    rows: Rows = [
        [(40, "1 Name of individual who is the beneficial owner")],
        [(40, f"{ENTERED}Lucian Striker")],
        [(40, "Print name of signer")],
        [(40, f"{ENTERED}Ho Lee")],
    ]
    asked = {"a": field("text", "Name Of Signer"), "b": field("text", "Name")}
    assert {"a": "Ho Lee", "b": "Lucian Striker"} == values(rows, **asked)


def test_the_same_caption_twice_is_told_apart_by_the_one_before() -> None:
    """ "City" under the permanent address, and "City" under the mailing address."""
    rows: Rows = [
        [(40, "3 Permanent residence address")],
        [(40, f"{ENTERED}1 Acacia Avenue")],
        [(40, "City or town, state or province")],
        [(40, f"{ENTERED}Norwich")],
        [(40, "4 Mailing address")],
        [(40, f"{ENTERED}2 Fulham Road")],
        [(40, "City or town, state or province")],
        [(40, f"{ENTERED}London")],
    ]
    asked = {"m": field("text", "Mailing City State"), "p": field("text", "Permanent City State")}
    assert {"m": "London", "p": "Norwich"} == values(rows, **asked)


def test_capitals_abbreviate_a_caption_and_parts_of_a_number_belong_together() -> None:
    """A comb of three fields with dashes between them is one number."""
    rows: Rows = [
        [(40, "Social security number")],
        [(40, f"{ENTERED}236"), (60, "-"), (70, f"{ENTERED}64"), (90, "-"), (100, f"{ENTERED}2878")],
        [(40, "Employer identification number")],
        [(40, f"{ENTERED}74"), (60, "-"), (70, f"{ENTERED}8362341")],
    ]
    assert {"e": "74 8362341", "s": "236 64 2878"} == values(
        rows, e=field("identifier", "EIN"), s=field("identifier", "SSN")
    )


def test_boxes_are_ticked_by_the_words_behind_them() -> None:
    """In the context of the question above; an empty box is a no with its place."""
    rows: Rows = [
        [(40, "3 Check the box for federal tax classification")],
        [(40, f"{ENTERED}☐"), (60, "C Corporation"), (200, f"{ENTERED}☐"), (220, "S Corporation")],
        [(40, f"{ENTERED}☒"), (60, "Limited liability company")],
    ]
    asked = {name: field("boolean", f"Tax Classify {name}") for name in ("C Corp", "S Corp", "LLC")}
    assert {"C Corp": False, "S Corp": False, "LLC": True} == values(rows, **asked)
    assert ["p1.l3", "p1.l2"] == extracted(fields(**asked), rows)["C Corp"]["lines"]


def test_a_box_of_a_form_is_found_by_its_number() -> None:
    """ "Box 2b" asks for what stands at "2b"; the line's own number does not become its value."""
    rows: Rows = [
        [(40, "2a"), (60, "Tax-exempt interest"), (300, "2a")],
        [(40, "2b"), (60, "Taxable interest"), (300, "2b"), (340, "350.00")],
        [(40, "3a"), (60, "Qualified dividends"), (300, "3a"), (340, "600.00")],
    ]
    asked = {name: field("money", f"Box {name}") for name in ("2b", "3a")}
    assert {"2b": 350.0, "3a": 600.0} == values(rows, **asked)


def test_without_fields_a_caption_is_no_value_of_the_one_above() -> None:
    """Where nothing tells what was entered, texts that name a field are captions."""
    rows: Rows = [
        [(40, "Name"), (200, "Date of birth")],
        [(40, "Nationality"), (200, "Place of residence")],
        [(40, "Malagasy"), (200, "Toamasina")],
    ]
    asked = {
        "n": field("text", "Name"),
        "c": field("text", "Nationality"),
        "r": field("text", "Residence"),
        "d": field("date", "Date of birth"),
    }
    assert {"d": None, "n": None, "c": "Malagasy", "r": "Toamasina"} == values(rows, **asked)


def test_a_box_of_name_and_address_is_shared() -> None:
    """The first line is the name, what goes on under it the address."""
    rows: Rows = [
        [(40, "PAYER'S name, street address, city, ZIP"), (400, "1 Rents")],
        [(40, "West Books"), (400, "16,500.00")],
        [(40, "Brooklyn Road 43")],
        [(40, "Albuquerque, NM 87102")],
        [(40, "PAYER'S TIN")],
        [(40, "12-1231234")],
    ]
    asked = {
        "n": field("text", "Payer Name"),
        "a": field("text", "Payer Address"),
        "r": field("money", "Rents"),
        "t": field("identifier", "Payer TIN"),
    }
    assert {
        "n": "West Books",
        "a": "Brooklyn Road 43 Albuquerque, NM 87102",
        "r": 16500.0,
        "t": "12-1231234",
    } == values(rows, **asked)


def test_parts_of_a_name_come_out_of_the_whole_one() -> None:
    """Without a form of address; what is no name of a person has no parts."""
    asked = {"f": field("text", "First name"), "l": field("text", "Last name")}
    assert {"f": "Ann Mary", "l": "Bloggs"} == values([[(40, "Name"), (200, "Mrs Ann Mary Bloggs")]], **asked)
    assert {"f": None, "l": None} == values([[(40, "Name"), (200, "Unit 7 of 12")]], **asked)


@pytest.mark.parametrize(("hint", "day"), [("Date (MM-DD-YYYY)", "2021-04-11"), ("Date (DD-MM-YYYY)", "2021-11-04")])
def test_a_form_says_in_which_order_it_wants_its_dates(hint: str, day: str) -> None:
    """Figures alone leave it open."""
    assert {"d": day} == values([[(40, hint)], [(40, f"{ENTERED}04-11-2021")]], d=field("date", "Date"))


def test_a_long_number_is_looked_at_once() -> None:
    """Thousands of digits cost no time, and are no amount: JSON has no infinity."""
    rows: Rows = [[(40, "Some reference")], [(40, "1" * 2000 + "!")]]
    assert {"n": None} == values(rows, n=field("money", "Some reference"))
    assert {"n": None} == values(rows, n=field("date", "Some reference"))
