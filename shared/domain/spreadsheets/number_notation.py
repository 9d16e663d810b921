"""Which decimal separator a workbook's typed texts use, so that its stored numbers are shown in the same notation."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

_DECIMAL_COMMA = re.compile(r"(?<![\w.,'’/-])\d{1,3}(?:[.\s'’\u00a0\u202f]?\d{3})*,\d{2}(?![\w.,]*\d)")
_DECIMAL_POINT = re.compile(r"(?<![\w.,'’/-])\d{1,3}(?:[,\s'’\u00a0\u202f]?\d{3})*\.\d{2}(?![\w.,]*\d|\.)")


class Notation(NamedTuple):
    """The decimal separator, and the sign between groups of thousands."""

    decimal: str
    group: str


POINT = Notation(".", ",")
COMMA = Notation(",", ".")


def detect_notation(texts: Iterable[str], decimal_symbols: Sequence[str] = ()) -> Notation:
    """Return the notation of a workbook: that of most amounts typed as text, else of most of the `decimal_symbols`.

    An amount counts when only one reading of it is likely: two decimals behind the last separator. Without any
    evidence it is the notation of the format codes themselves (`1,234.50`).
    """
    commas = points = 0
    for text in texts:
        commas += len(_DECIMAL_COMMA.findall(text))
        points += len(_DECIMAL_POINT.findall(text))
    if commas == points:
        commas, points = decimal_symbols.count(","), decimal_symbols.count(".")
    return COMMA if commas > points else POINT


def drop_single_group(number: str, notation: Notation = POINT) -> str:
    """Return a whole number without its separator when it has one only: `12,345` might be read as a fraction."""
    if notation.decimal in number or number.count(notation.group) != 1:
        return number
    return number.replace(notation.group, "")
