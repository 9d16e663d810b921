"""Amounts are read by the conventions of their document; what only looks like a number is left alone."""

import pytest

from shared.domain.values.conventions import Conventions
from shared.domain.values.detection.detect import detect_conventions
from shared.rule_reader.fields.fields import Field
from shared.rule_reader.fields.values import read
from shared.rule_reader.text.amounts import find_amounts
from tests.support.paper import VOCABULARY, Cell, document, extracted, field, fields

POINT, COMMA = (Conventions(decimal_sign=sign, decimal_certainty=0.99) for sign in (".", ","))
TOTAL = fields(total=field("money", "Total", "Total"), currency=field("currency", "Currency", "Currency"))


@pytest.mark.parametrize(
    ("text", "conventions", "expected"),
    [
        ("1.234,56", COMMA, 1234.56),
        ("1,234.56", POINT, 1234.56),
        ("2'450.00", POINT, 2450.0),
        ("1.234", COMMA, 1234.0),
        ("1.234", POINT, 1.234),
        ("RM15.90", POINT, 15.9),
        ("€ -9,32", COMMA, -9.32),
        ("(12.50)", POINT, -12.5),
        ("100,00-", COMMA, -100.0),
        ("FR1.00", POINT, 1.0),
        ("1 234,56 €", COMMA.model_copy(update={"space_groups": 0.9}), 1234.56),
    ],
)
def test_reads_an_amount(text: str, conventions: Conventions, expected: float) -> None:
    """Grouping, decimal sign, sign and glued currency do not matter."""
    assert [amount.value for amount in find_amounts(text, conventions)] == [expected]


@pytest.mark.parametrize("text", ["RE-2014", "05.06.2018", "INV/2023", "A4", "100ml", "#12", "12/2018"])
def test_leaves_alone_what_is_no_amount(text: str) -> None:
    """Identifiers, dates and measures are no amounts."""
    assert find_amounts(text, POINT) == []


def test_tells_currency_money_and_percent() -> None:
    """The marks beside a number are kept with it."""
    amount, rate = find_amounts("12,50 EUR, 19 %", COMMA)
    assert (amount.currency, amount.is_money, amount.is_percent) == ("EUR", True, False)
    assert (rate.value, rate.is_money, rate.is_percent) == (19.0, False, True)


@pytest.mark.parametrize(
    ("lines", "total", "currency"),
    [
        (["Nettobetrag 10.000 €", "zzgl. USt. 1.900 €", "Total 11.900 €"], 11900.0, "EUR"),
        (["Netto 10.000,- €", "Total 11.900,- €"], 11900.0, "EUR"),
        (["Jl. Melati 12, Jakarta", "Subtotal 100.000", "Tax 10.000", "Total 110.000", "Rp"], 110000.0, None),
        (["Price 1,00,000.00 INR", "Total 1,18,000.00 INR"], 118000.0, "INR"),
        (["Rechnung", "Betrag CHF 1'250.50", "Total CHF 12'250.50"], 12250.5, "CHF"),
        (["Fatura", "Subtotal R$ 1.000,00", "Total R$ 1.234,50"], 1234.5, "BRL"),
        (["Faktura", "Moms 250,00 kr", "Att betala", "Total 1 250,00 kr", "Org.nr SE556677889901"], 1250.0, "SEK"),
        (["ABN 51 824 753 556", "Sydney NSW 2000", "GST $10.00", "Total $110.00"], 110.0, "AUD"),
        (["Wellington 6011, New Zealand", "GST $15.00", "Total $115.00"], 115.0, "NZD"),
        (["Credit note", "Bill to: A. Otter", "VAT 100.00 CR", "Total 600.00 CR GBP"], -600.0, "GBP"),
        (["Net 1,000.00 USD", "Total 1,200.00 USD"], 1200.0, "USD"),
    ],
)
def test_reads_a_total_by_the_documents_conventions(lines: list[str], total: float, currency: str | None) -> None:
    """Whole thousands, a dash for cents, lakhs, apostrophes, spaces and CR are read as their countries write them."""
    rows: list[list[Cell]] = [[(40, line)] for line in lines]
    found = extracted(TOTAL, rows)
    assert found["total"]["value"] == total
    assert currency is None or found["currency"]["value"] == currency


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["VAT no.: GB980780684", "Leeds LS1 4DY", "Date: 04/05/2025"], "2025-05-04"),
        (["Fernhollow, OR 97999", "Total $12.00", "Date: 04/05/2025"], "2025-04-05"),
        (["Paid 03/20/2025", "Date: 04/05/2025"], "2025-04-05"),
        (["Date: 04.05.2025", "Fernhollow, OR 97999", "Total $12.00"], "2025-05-04"),
        (["Date: 2025-04-05"], "2025-04-05"),
    ],
)
def test_reads_a_date_by_the_documents_conventions(lines: list[str], expected: str) -> None:
    """The country of the document, or a date that is clear, says whether the day or the month comes first."""
    asked = fields(date=field("date", "Date", "Date"))
    assert extracted(asked, [[(40, line)] for line in lines])["date"]["value"] == expected


def test_a_number_that_begins_like_a_date_is_a_number_of_a_document() -> None:
    """Only a code that is a date from end to end is none."""
    number = Field("number", "Number", "", "identifier", ("Number",))
    readings = read(number, "RE-20140519/499 vom 19.05.2014", detect_conventions(["19.05.2014"]), VOCABULARY)
    assert [reading.value for reading in readings] == ["RE-20140519/499"]


def test_the_conventions_are_the_whole_documents() -> None:
    """Evidence on one page settles what another leaves open."""
    assert document([[(40, "1.234,56 €")]], [[(40, "1.234")]]).conventions.decimal_sign == ","
