"""Running text: dates behind phrases, what definitions name, whose law governs, clauses, and titles."""

from typing import Any

import pytest

from shared.domain.types.document_type import FieldSpec
from tests.support.paper import extracted, field, fields

AGREED = field("date", "Agreement date", "Dated as of", "Entered into", "Dated")
EFFECTIVE = field("date", "Effective date")
LAW = field("text", "Governing law", "Governing law")
TITLE = field("text", "Title")


def read(asked: FieldSpec, *texts: str) -> Any:
    """The value of one field, each text a line of a page."""
    return extracted(fields(x=asked), [[(60, text)] for text in texts])["x"]["value"]


@pytest.mark.parametrize(
    ("lines", "day"),
    [
        (["This Agreement, dated as of June 8, 2010, is between A and B."], "2010-06-08"),
        (["This contract is entered into this 5th day of", "March 2014 by and between A and B."], "2014-03-05"),
        (["made and entered into as of the 1st day of February, 2020 by A"], "2020-02-01"),
    ],
)
def test_a_date_stands_close_behind_a_phrase_of_its_field(lines: list[str], day: str) -> None:
    """Across the ends of lines."""
    assert day == read(AGREED, *lines)


def test_a_definition_names_the_date_before_it() -> None:
    """The day in front of (the "Effective Date") is that, whatever date follows."""
    text = 'is entered into on May 18, 2010 (the "Effective Date") and ends on May 17, 2015.'
    assert "2010-05-18" == read(EFFECTIVE, f"This contract {text}")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("This Agreement shall be governed by and construed under the laws of the State of New York.", "New York"),
        ("governed by the laws of England and Wales, without regard to conflicts", "England and Wales"),
        ("is subject to tax. The laws of the Commonwealth of Virginia shall govern it.", "Virginia"),
        ("construed by the laws of the United States of America and of the State of Texas.", "Texas"),
        ("The parties obey the laws of Utah.", None),
    ],
)
def test_the_law_that_governs_is_named_by_its_place(text: str, place: str | None) -> None:
    """A law that is only to be obeyed governs nothing."""
    assert place == read(LAW, text)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Neither party may assign this Agreement without the prior written consent of the other.", True),
        ("Exclusive distributor. In no event does anybody else sell the product in the territory of it.", True),
        ("The supplier is not an exclusive distributor, and the parties stay free to deal with others.", False),
        ("The supplier sells at cost, and the parties stay free to deal with others as they like.", False),
    ],
)
def test_a_clause_is_there_when_a_phrase_of_its_field_is(text: str, *, says: bool) -> None:
    """A gap in a phrase spans words of one sentence; a no before it denies it; nothing said is a no without lines."""
    asked = field("boolean", "Clause", "Assign … without", "Exclusive distributor")
    found = extracted(fields(x=asked), [[(60, text)], [(60, "And so on, and so forth, to the end of this contract.")]])
    assert {"value": says, "lines": ["p1.l1"] if says else []} == found["x"]


@pytest.mark.parametrize(
    ("lines", "title"),
    [
        (["Exhibit 10.2", "SUPPLY AGREEMENT", "This Supply Agreement is made by A and B."], "SUPPLY AGREEMENT"),
        (["AMENDMENT", "OF", "JOINT VENTURE AGREEMENT", "A and B agree:"], "AMENDMENT OF JOINT VENTURE AGREEMENT"),
        (["We had agreed to this agreement before, in writing.", "It was good."], None),
    ],
)
def test_a_document_is_called_by_its_heading(lines: list[str], title: str | None) -> None:
    """All lines of it; exhibits' numbers and sentences are none."""
    assert title == read(TITLE, *lines)


def test_a_later_page_has_no_title() -> None:
    """Whatever heading stands on it: the first page has been read by another request."""
    found = extracted(fields(x=TITLE), [[(60, "Dear Ann,")]], [[(60, "SUPPLY AGREEMENT")]])
    assert None is found["x"]["value"]
