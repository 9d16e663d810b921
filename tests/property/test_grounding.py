"""In the formats of many countries no wrong reading of a printed value is fully grounded, and the right one counts."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from babel.dates import format_date
from babel.numbers import format_currency, format_decimal
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.judging.grounding.printed_readings import AMBIGUOUS, CERTAIN
from shared.domain.judging.grounding.text_index import TextIndex
from shared.domain.values.detection.detect import detect_conventions

LOCALES = (
    "en_US", "en_GB", "en_IN", "en_AU", "de_DE", "de_CH", "de_AT", "fr_FR", "fr_CH", "es_ES", "es_MX", "it_IT", "nl_NL",
    "pt_BR", "pt_PT", "pl_PL", "sv_SE", "da_DK", "nb_NO", "fi_FI", "cs_CZ", "hu_HU", "ro_RO", "tr_TR", "id_ID", "vi_VN",
    "ru_RU", "el_GR", "ja_JP", "zh_Hans_CN", "ko_KR", "hi_IN", "ar_EG",
)  # fmt: skip
CURRENCIES = ("EUR", "USD", "GBP", "INR", "KWD", "JPY", "IDR", "CHF", "SEK")
AMOUNTS = st.decimals(min_value=Decimal("0.01"), max_value=Decimal(9999999), places=2)
SIGN_STYLES = ("{}", "-{}", "−{}", "{}-", "({})", "{} CR", "{} DR", "- {}")


def wrong_amounts(value: Decimal) -> Iterator[Decimal]:
    """The misreadings of an amount: separators, sign, one digit dropped or doubled."""
    yield -value
    for power in (-3, -2, 2, 3):
        yield value.scaleb(power)
    whole, _, fraction = f"{abs(value):f}".partition(".")
    digits, places = whole + fraction, len(fraction)
    for at in range(len(digits)):
        for changed in (digits[:at] + digits[at + 1 :], digits[:at] + digits[at] + digits[at:]):
            if changed:
                yield Decimal(changed).scaleb(-places).copy_sign(value)


@given(AMOUNTS, st.sampled_from(LOCALES), st.booleans(), st.lists(AMOUNTS, max_size=2))
def test_no_wrong_amount_is_fully_grounded(
    value: Decimal, locale: str, in_thousands: bool, others: list[Decimal]
) -> None:
    """Whatever the document shows of its notation, and also where it shows nothing."""
    amount = value.quantize(Decimal(1)) if in_thousands else value
    printed = format_decimal(
        amount, locale=locale, format=None if in_thousands else "#,##0.00", numbering_system="default"
    )
    lines = [
        *(format_decimal(each, locale=locale, format="#,##0.00", numbering_system="default") for each in others),
        printed,
    ]
    text = TextIndex(printed, detect_conventions(lines))
    assert text.ground("money", amount).certainty >= AMBIGUOUS
    for wrong in wrong_amounts(amount):
        if wrong != amount:
            assert text.ground("money", wrong).certainty < CERTAIN, (printed, wrong)


@given(AMOUNTS, st.sampled_from(LOCALES), st.sampled_from(CURRENCIES))
def test_no_wrong_amount_with_its_currency_is_fully_grounded(value: Decimal, locale: str, currency: str) -> None:
    """With as many digits of fraction as the currency has: none of yen, three of dinars."""
    printed = format_currency(value, currency, locale=locale, numbering_system="default")
    digits = {"KWD": 3, "JPY": 0}.get(currency, 2)
    amount = value.quantize(Decimal(1).scaleb(-digits), rounding="ROUND_HALF_EVEN")
    text = TextIndex(printed, detect_conventions([printed]))
    assert text.ground("money", amount).certainty >= AMBIGUOUS, printed
    for wrong in wrong_amounts(amount):
        if wrong != amount:
            assert text.ground("money", wrong).certainty < CERTAIN, (printed, wrong)


@given(AMOUNTS, st.sampled_from(SIGN_STYLES))
def test_the_other_sign_is_never_fully_grounded(value: Decimal, style: str) -> None:
    """A minus may stand before or behind the amount, as brackets or as a word."""
    printed = style.format(f"{value:,.2f}")
    text = TextIndex(printed, detect_conventions([printed]))
    both = sorted(text.ground("money", sign * value).certainty for sign in (1, -1))
    assert both[0] < CERTAIN
    assert both[1] >= AMBIGUOUS


@given(
    st.dates(date(2000, 1, 1), date(2035, 12, 31)),
    st.sampled_from(LOCALES),
    st.sampled_from(["short", "medium", "long"]),
    st.lists(st.dates(date(2000, 1, 1), date(2035, 12, 31)), max_size=2),
)
def test_no_wrong_date_is_fully_grounded(day: date, locale: str, width: str, others: list[date]) -> None:
    """Day and month swapped, and neighbouring days, months and years."""
    printed = format_date(day, width, locale=locale)
    lines = [*(format_date(each, width, locale=locale) for each in others), printed]
    text = TextIndex(printed, detect_conventions(lines))
    assert text.ground("date", day.isoformat()).certainty > 0, printed
    for wrong in wrong_dates(day):
        assert text.ground("date", wrong.isoformat()).certainty < CERTAIN, (printed, wrong)


def wrong_dates(day: date) -> Iterator[date]:
    """The misreadings of a date: parts swapped, a digit of the day or the year lost or changed."""
    parts = {
        (day.year, day.day, day.month),
        (day.year, day.month, day.day % 10),
        (day.year, day.month, day.day // 10),
        (day.year, day.month, day.day * 11 % 100),
        (day.year + 1, day.month, day.day),
        (day.year - 100, day.month, day.day),
    }
    for year, month, number in parts:
        try:
            wrong = date(year, month, number)
        except ValueError:
            continue
        if wrong != day:
            yield wrong


@given(st.text(alphabet="0123456789", min_size=2, max_size=12), st.integers(0, 11), st.booleans())
def test_no_wrong_identifier_is_fully_grounded(digits: str, at: int, double: bool) -> None:
    """A digit dropped or doubled is another identifier."""
    at %= len(digits)
    wrong = digits[:at] + digits[at] * 2 + digits[at + 1 :] if double else digits[:at] + digits[at + 1 :]
    text = TextIndex(f"No. {digits}.")
    assert CERTAIN == text.ground("identifier", digits).certainty
    assert text.ground("identifier", wrong).certainty < CERTAIN
