"""Names and addresses of parties, with a label and without."""

import json

import pytest

from local.model_server.offline.request import read_document
from shared.rule_reader.extract import extract
from shared.rule_reader.text.naming import Naming, clean_name
from tests.support.paper import VOCABULARY, Cell, extracted, field, fields

NAMING = Naming(VOCABULARY)
PARTIES = fields(
    seller_name=field("text", "Seller", "Verkäufer", "Sold by"), buyer_name=field("text", "Buyer", "Käufer", "Bill to")
)
MERCHANT = fields(
    merchant_name=field("text", "Merchant"),
    merchant_address=field("text", "Merchant's address"),
    date=field("date", "Date", "Date"),
)


def names(*rows: list[Cell]) -> tuple[str | None, str | None]:
    """Seller and buyer as read from rows."""
    found = extracted(PARTIES, list(rows))
    return found["seller_name"]["value"], found["buyer_name"]["value"]


def test_a_name_stands_under_its_label_past_numbers() -> None:
    """Customer numbers between the label and the name are passed over."""
    found = names(
        [(40, "Verkäufer:")],
        [(40, "Nummer"), (130, ": 549910")],
        [(40, "Lieferant GmbH")],
        [(40, "Hofweg 2")],
        [(40, "Käufer:")],
        [(40, "Kunden AG Mitte")],
        [(40, "Kundenstraße 15")],
    )
    assert found == ("Lieferant GmbH", "Kunden AG Mitte")


def test_a_name_stands_behind_its_label() -> None:
    """The name may follow the label on its line."""
    assert names([(40, "Sold by: Tea & Co. Ltd")], [(40, "Bill to: Ann Otter")]) == ("Tea & Co. Ltd", "Ann Otter")


def test_a_letterhead_tells_the_seller_and_the_address_block_the_buyer() -> None:
    """Without labels the sender's line and the window of the envelope are known by their look."""
    found = names([(40, "Bei Spiel GmbH ● Ecke 12 ● 12345 Stadthausen")], [(40, "Theodor Est")], [(40, "Bahnstr. 42")],
                  [(40, "88802 Spielkreis")], [], [(40, "Rechnung 12")], [(400, "USt-ID: DE136695976")])  # fmt: skip
    assert found == ("Bei Spiel GmbH", "Theodor Est")


def test_an_address_block_holds_together_beside_larger_type() -> None:
    """Rows are as high as their largest line, so those of smaller lines seem to overlap."""
    rows = [
        [40, 50, ["p1.l1", 40, 290, "Mühlen GmbH · Weg 7 · 99998 Wiesen"]],
        [52, 64, ["p1.l2", 40, 140, "Café am Bach"]],
        [54, 68, ["p1.l3", 40, 120, "Lindenstraße 22"], ["p1.l4", 350, 450, "Zahlbar bis"]],
        [60, 80, ["p1.l5", 40, 110, "99997 Auental"], ["p1.l6", 350, 450, "3. März 2026"]],
    ]
    body = json.dumps({"page": 1, "size": [595, 842], "rows": rows})
    found = extract(read_document((f'""" <documents>\n{body}\n</documents> """',)), PARTIES)
    assert "Café am Bach" == found.values["buyer_name"].value


def test_a_receipt_begins_with_its_shop() -> None:
    """The shop's name is the first that an address follows; the address ends before the telephone."""
    rows: list[list[Cell]] = [
        [(120, "FUN N CHEER")],
        [(110, "LOT 4711, JALAN 5/12B,")],
        [(110, "TAMAN SUNGAI BESAR,")],
        [(110, "52100 KUALA LUMPUR")],
        [(110, "Tel: 03-62612536")],
        [(110, "TAX INVOICE")],
        [(40, "Date: 05/01/2018")],
    ]
    found = extracted(MERCHANT, rows)
    assert found["merchant_name"]["value"] == "FUN N CHEER"
    address = "LOT 4711, JALAN 5/12B, TAMAN SUNGAI BESAR, 52100 KUALA LUMPUR"
    assert found["merchant_address"] == {"value": address, "lines": ["p1.l2", "p1.l3", "p1.l4"]}


def test_nobody_is_guessed_from_running_text() -> None:
    """A letter without names of firms has no seller and no buyer."""
    assert names([], [], [(40, "we have moved to another house, 12 days ago")]) == (None, None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Lieferant GmbH", True), ("TAX INVOICE", False), ("www.shop.example", False), ("Carrots", True), ("12.50", False),
     ("Dear Mr Otter", False), ("YOU FOR SHOPPING WITH US", False), ("Herrn", False), ("Date: today", False)],
)  # fmt: skip
def test_what_a_name_looks_like(text: str, expected: bool) -> None:
    """Titles, contacts, greetings and figures are no names."""
    assert NAMING.is_name(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("31 Turnip Lane", True), ("69876 Frankfurt", True), ("Fernhollow, OR 97999", True), ("Kundenstraße 15", True),
     ("3012 CN Rotterdam", True), ("Green tea", False), ("Thank you", False)],
)  # fmt: skip
def test_what_an_address_looks_like(text: str, expected: bool) -> None:
    """Streets and postal codes of several countries are known."""
    assert NAMING.is_address(text) is expected


def test_a_registration_number_is_no_part_of_a_name() -> None:
    """What stands in brackets behind a name with many digits is cut off."""
    assert clean_name("HERON BAKERY (NORTH) LTD (139386 X)") == "HERON BAKERY (NORTH) LTD"


def test_a_caption_with_a_colon_names_what_stands_beside_it() -> None:
    """Captions under each other have their values beside them, however few lines follow below."""
    rows: list[list[Cell]] = [
        [(40, "Seller:"), (200, "Lee Rope Works Ltd")],
        [(40, "Seller city:"), (200, "Cork")],
        [(40, "Buyer:"), (200, "Shannon Boatyard Ltd")],
        [(40, "Buyer city:"), (200, "Cork")],
        [(40, "Line"), (100, "Description"), (300, "Amount")],
        [(40, "1"), (100, "Rope"), (300, "12.00")],
    ]
    assert names(*rows) == ("Lee Rope Works Ltd", "Shannon Boatyard Ltd")


HEADINGS: list[Cell] = [(40, "Number"), (140, "Sold by"), (300, "Bill to"), (460, "Date")]


@pytest.mark.parametrize(
    ("second", "third", "expected"),
    [
        ([(140, "GmbH")], [], ("Kern & Sohn GmbH", "Ann Otter")),
        ([(140, "GmbH"), (300, "Trading Ltd")], [], ("Kern & Sohn GmbH", "Ann Otter Trading Ltd")),
        ([(300, "and Family")], [(300, "Trading Ltd")], ("Kern & Sohn", "Ann Otter and Family Trading Ltd")),
        ([(40, "X-2"), (140, "Rot AG"), (300, "Bo Elk"), (460, "02.01.2025")], [], ("Kern & Sohn", "Ann Otter")),
        ([(140, "Hofweg 2"), (300, "12 Mill Lane")], [], ("Kern & Sohn", "Ann Otter")),
    ],
)
def test_a_name_that_wraps_in_its_cell_is_one_name(
    second: list[Cell], third: list[Cell], expected: tuple[str, str]
) -> None:
    """Under headings, lines that are fewer than the row's cells go on; a further row and an address do not."""
    first: list[Cell] = [(40, "X-1"), (140, "Kern & Sohn"), (300, "Ann Otter"), (460, "01.01.2025")]
    assert names(HEADINGS, first, second, third) == expected


@pytest.mark.parametrize(
    "stamp", ["PAID", "RECEIVED 17 March 2025", "ENTWURF", "COPY", "VOID", "Bezahlt am 17.03.2025"]
)
def test_a_stamp_is_no_name_and_dates_nothing(stamp: str) -> None:
    """What was stamped on a document is neither its issuer nor the day it was issued."""
    rows: list[list[Cell]] = [
        [(200, stamp)],
        [(110, "FUN N CHEER")],
        [(110, "52100 KUALA LUMPUR")],
        [(40, "05/01/2018")],
        [],
    ]
    found = extracted(MERCHANT, rows)
    assert (found["merchant_name"]["value"], found["date"]["value"]) == ("FUN N CHEER", "2018-01-05")


def test_a_name_may_begin_with_the_word_of_a_stamp() -> None:
    """Only a text that is nothing but a stamp is one."""
    assert NAMING.is_name("Concept Store GmbH")
    assert NAMING.is_name("Copy & Print Ltd")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Uhrenhaus Pendelmann KG", False),
        ("Müller KG", False),
        ("Lot 5, Kampung Baru", True),
        ("Orange NSW 2800", True),
        ("Orange NSW", False),
    ],
)
def test_a_legal_form_is_no_village_and_a_state_with_a_postcode_is_a_place(text: str, expected: bool) -> None:
    """`KG` behind a name is a German partnership; Australia codes its states."""
    assert expected == NAMING.is_address(text)


def test_the_receiver_may_be_a_partnership() -> None:
    """A window address whose first line ends in KG has a name."""
    rows: list[list[Cell]] = [
        [(40, "Rad GmbH · Weg 31 · 99996 Talbrück")],
        [(40, "Uhrenhaus Pendelmann KG")],
        [(40, "Turmgasse 4")],
        [(40, "99995 Hohenried")],
    ]
    assert names(*rows) == ("Rad GmbH", "Uhrenhaus Pendelmann KG")


def test_a_title_behind_a_label_is_no_value() -> None:
    """`Bank statement` names no bank."""
    asked = fields(bank_name=field("text", "Bank", "Bank"))
    assert extracted(asked, [[(40, "Bank statement")]])["bank_name"]["value"] is None
    assert extracted(asked, [[(40, "Bank: Estuary Mutual")]])["bank_name"]["value"] == "Estuary Mutual"
