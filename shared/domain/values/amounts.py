"""Numbers of documents: decimal from an answer to the result, because binary fractions cannot hold most amounts.

JSON text is their only other form. A result writes a number as its shortest JSON number: no zeros behind the last
decimal (1234.5 for 1234.50), one decimal where there is none (1234.0).
"""

from decimal import Context, Decimal
from typing import Annotated

from pydantic import AfterValidator, PlainSerializer, WithJsonSchema

MAX_WHOLE = 2**53 - 1
"""The largest whole number of which JSON readers keep every digit (RFC 8259, section 6)."""
MAX_SIZE = 1e308
"""Larger numbers may round to one that no double holds."""
DIGITS = 15
"""Significant digits that JSON readers keep of any number: they read doubles."""
_DIGITS, _WIDE = Context(prec=DIGITS), Context(prec=400)
_CENT = Decimal("0.01")


def to_amount(number: Decimal | float) -> Decimal:
    """Return a finite number in the one form that values have: at most DIGITS digits, no exponent, no zeros at the end.

    More digits are kept of whole numbers up to MAX_WHOLE only, so that a result holds every digit of every value; those
    behind them are noise of binary fractions, as in 0.30000000000000004, or finer than any amount. What a double
    rounds to zero is zero.
    """
    exact = Decimal(repr(number)) if isinstance(number, float) else Decimal(number)
    if exact.is_finite() and not float(exact):
        return Decimal(0)
    if exact != exact.to_integral_value() or abs(exact) > MAX_WHOLE:
        exact = exact.normalize(_DIGITS)
    if exact == exact.to_integral_value():
        return Decimal(int(exact))
    return exact.normalize()


def is_storable(number: Decimal | float) -> bool:
    """Return whether a number is finite, and not too large for JSON readers."""
    try:
        return -MAX_SIZE <= float(number) <= MAX_SIZE
    except OverflowError:  # an integer beyond the largest double
        return False


def to_cents(number: Decimal) -> Decimal:
    """Return a number with two decimals, whatever its size."""
    return number.quantize(_CENT, context=_WIDE)


def _serialize_amount(value: object) -> float:
    """Return an amount as JSON writes it; raises TypeError, whereupon pydantic tries the next type of a union."""
    if not isinstance(value, Decimal):
        message = f"{type(value).__name__} is no amount"
        raise TypeError(message)
    return float(value)


def as_json_number(value: object) -> object:
    """Return an amount as the double that JSON writes with the same digits, and any other value as it is."""
    return float(value) if isinstance(value, Decimal) else value


Amount = Annotated[
    Decimal,
    AfterValidator(to_amount),
    PlainSerializer(_serialize_amount, when_used="json"),
    WithJsonSchema({"type": "number"}),
]
"""A number of a document: Decimal in memory, a number in JSON."""
