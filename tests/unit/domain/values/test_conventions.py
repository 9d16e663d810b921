"""What a document shows of its conventions."""

import pytest

from shared.domain.values.conventions import SETTLED
from shared.domain.values.detection.detect import detect_conventions

GERMAN = ["Rechnung", "Musterbau GmbH", "Rechnungsdatum 14.03.2025", "Gesamtbetrag"]
ENGLISH = ["Invoice", "Invoice date", "Total amount due", "Quantity", "Price"]


@pytest.mark.parametrize(
    ("texts", "sign"),
    [
        (["1.234,56"], ","),
        (["1,234.56"], "."),
        (["1.234.567 km"], ","),
        (["1,18,000 paid"], "."),
        (["10.000,- Euro"], ","),
        (["12,5 kg", "3,75", "1,25", "8,50"], ","),
        ([*GERMAN, "IBAN: DE89 3704 0044 0532 0130 00", "4.000 €", "8.000 €"], ","),
        ([*ENGLISH, "$5,000", "Austin, TX 78701", "United States"], "."),
        (["50.000", "15.000", "35.000", "100.000", "Jakarta"], ","),
        (["1.000", "190", "1.190", "2.500", "475", "2.975"], ","),
    ],
)
def test_settles_the_decimal_sign(texts: list[str], sign: str) -> None:
    """Numbers with both signs, cents, sums that close and the habits of a country settle the decimal sign."""
    conventions = detect_conventions(texts)
    assert sign == conventions.decimal_sign
    assert conventions.has_settled_decimal


@pytest.mark.parametrize("texts", [["1.234"], ["1.234,56", "1,234.56", "12,50", "12.50"], [], ["Invoice", "1.234 EUR"]])
def test_leaves_the_decimal_sign_open(texts: list[str]) -> None:
    """Nothing, or one notation against the other, settles nothing."""
    assert not detect_conventions(texts).has_settled_decimal


@pytest.mark.parametrize(
    ("texts", "day_first"),
    [
        (["14/03/2025"], True),
        (["03/14/2025"], False),
        (["Date (MM/DD/YYYY)"], False),
        (["Geburtsdatum (TT.MM.JJJJ)"], True),
        (["Dallas, TX 75201", "United States", "Sales tax"], False),
        (["VAT no. GB980780684", "Bristol"], True),
        (GERMAN, True),
    ],
)
def test_settles_the_order_of_dates(texts: list[str], *, day_first: bool) -> None:
    """A day above 12, a hint, and the country settle which comes first."""
    conventions = detect_conventions(texts)
    assert day_first == conventions.day_first
    assert conventions.has_settled_dates


@pytest.mark.parametrize(
    "texts",
    [["04/05/2025"], ["14/03/2025", "03/14/2025"], ["VAT no. GB980780684", "Austin, TX 78701", "Houston, TX 77001"]],
)
def test_leaves_the_order_of_dates_open(texts: list[str]) -> None:
    """A seller and a buyer of two countries settle nothing, nor do dates that contradict each other."""
    assert not detect_conventions(texts).has_settled_dates


@pytest.mark.parametrize(
    ("texts", "code"),
    [
        (["Currency: EUR", "12.00"], "EUR"),
        (["Total 12,00 €"], "EUR"),
        (["Total $12.00", "ABN 51 824 753 556", "Sydney NSW 2000"], "AUD"),
        (["Total $12.00", "GST/HST 5%", "Toronto ON M5V 2T6"], "CAD"),
        (["Total $12.00", "Austin, TX 78701"], "USD"),
        (["Belopp 120,00 kr", "Moms", "Bankgiro 123-4567", "Stockholm"], "SEK"),
        (["Beløb 120,00 kr", "CVR 12345678", "København"], "DKK"),
        (["¥ 1,200", "東京都", "消費税"], "JPY"),
        (["¥ 1,200", "上海", "增值税"], "CNY"),
        (["Rs. 1,200", "Karachi", "Pakistan"], "PKR"),
    ],
)
def test_settles_the_currency(texts: list[str], code: str) -> None:
    """A sign that several currencies share takes its meaning from the country of the document."""
    conventions = detect_conventions(texts)
    assert code == conventions.currency
    assert conventions.currency_certainty > 0.6


def test_a_bare_dollar_is_not_certain() -> None:
    """Without a country a dollar is probably American, and a crown any of four."""
    dollars, crowns = detect_conventions(["$12.00"]), detect_conventions(["120,00 kr"])
    assert ("USD", True) == (dollars.currency, dollars.currency_certainty < SETTLED)
    assert crowns.currency_certainty < 0.5


def test_credit_follows_the_document() -> None:
    """CR is minus on a bill, plus where debits stand beside it."""
    bill = detect_conventions(["Invoice", "Credit note", "VAT 20%", "500.00 CR"])
    bank = detect_conventions(["Statement", "Balance", "500.00 CR", "100.00 DR"])
    assert bill.credit_is_negative >= SETTLED
    assert bank.credit_is_negative <= 1 - SETTLED
    assert 0.5 == detect_conventions(["500.00 CR"]).credit_is_negative


def test_spaces_group_where_typesetting_says_so() -> None:
    """A no-break space inside a number shows that spaces group; another grouping sign that they do not."""
    assert detect_conventions(["1\u00a0234,50"]).space_groups >= SETTLED
    assert detect_conventions(["1,234.50"]).space_groups <= 1 - SETTLED


@pytest.mark.parametrize(
    "text", ["KMF FOODS SDN BHD (1132106-H)", "ACME SDN. BHD. 860671-D", "CAD DRAWINGS", "PHP SUPPORT"]
)
def test_a_word_that_is_also_a_code_is_no_currency(text: str) -> None:
    """A Malay company is not in dinars of Bahrain, which would have three decimals."""
    conventions = detect_conventions([text, "Total 41.52", "41.50"])
    assert conventions.currency not in {"BHD", "CAD", "PHP"}
    assert "BHD" == detect_conventions(["BHD 12.500", "BHD 3.250"]).currency
