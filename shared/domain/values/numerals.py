"""What the digits and signs of one printed number may mean, before anything is known of the document."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Literal, NamedTuple

SPACES = "\u00a0\u202f\u2009\u2007\u2002"
"""Spaces that typesetting puts inside a number, but not between words."""
APOSTROPHES = "'’‘´`"
MAX_DIGITS = 30
"""A longer run of digits is no number but a code."""
_BLOCK_SIGN = re.compile(rf"[ {APOSTROPHES}{SPACES}]")
_POINT_OR_COMMA = re.compile(r"[.,]")
_GROUPING = re.compile(rf"[\s{APOSTROPHES}{SPACES}]")
_NO_DIGIT = re.compile(r"\D")
_CANDIDATE = re.compile(
    rf"\d(?:\d|[.,](?=\d)|[{APOSTROPHES}{SPACES}](?=\d{{3}}(?!\d))| (?=\d{{3}}(?!\d)))*|(?<![\w.,])[.,]\d{{1,4}}(?!\d)"
)
_THOUSANDS, _MIN_LAKH = 3, 2
Shape = Literal["integer", "decimal", "grouped", "either"]
"""How the "." or "," of a number may be read: there is none; it is the decimal sign; it groups; it may be either."""


class Numeral(NamedTuple):
    """The characters of one number, from `start` to `end` of its text.

    `sign`: the "." or "," that `shape` speaks of. `has_both`: it holds both signs, so that it settles which is which.
    `fraction`: digits behind the sign. `spaced`: plain spaces stand inside, so that it may be several numbers.
    """

    start: int
    end: int
    text: str
    shape: Shape
    sign: str = ""
    has_both: bool = False
    fraction: int = 0
    spaced: bool = False

    @property
    def as_decimal(self) -> Decimal:
        """The size when the sign is the decimal sign."""
        digits = _GROUPING.sub("", self.text)
        whole, _, fraction = digits.rpartition(self.sign) if self.sign else (digits, "", "")
        whole = whole.replace(".", "").replace(",", "")
        return Decimal(f"{whole or 0}.{fraction}" if fraction else whole)

    @property
    def as_grouped(self) -> Decimal:
        """The size when the sign groups."""
        return Decimal(_NO_DIGIT.sub("", self.text))


def find_numerals(text: str) -> Iterator[Numeral]:
    """Yield the numbers of a text in order; what is shaped like a date, a version or a code is none.

    Digits that plain spaces group ("1 234") come as one numeral that is `spaced`.
    """
    for match in _CANDIDATE.finditer(text):
        for start, piece in _split_at_bad_spaces(match.group()):
            if numeral := read_numeral(piece, match.start() + start):
                yield numeral


def read_numeral(piece: str, start: int = 0) -> Numeral | None:
    """Return the numeral that all of `piece` forms; None when it is none."""
    if piece.isdecimal():  # as most numbers
        return Numeral(start, start + len(piece), piece, "integer") if len(piece) <= MAX_DIGITS else None
    blocks = _BLOCK_SIGN.split(piece)
    has_blocks = len(blocks) > 1
    if sum(map(len, blocks)) > MAX_DIGITS or (has_blocks and not _are_blocks(blocks)):
        return None
    spaced = " " in piece
    last = blocks[-1]
    signs = [char for char in last if char in ".,"]
    end = start + len(piece)
    if not signs:
        return Numeral(start, end, piece, "integer", spaced=spaced)
    sign, parts = signs[-1], _POINT_OR_COMMA.split(last)
    fraction = len(parts[-1])
    if len(set(signs)) > 1:
        groups_fit = len(set(signs[:-1])) == 1 and sign not in signs[:-1] and _are_groups(parts[:-1])
        return Numeral(start, end, piece, "decimal", sign, has_both=True, fraction=fraction) if groups_fit else None
    if len(signs) > 1:
        return None if has_blocks or not _are_groups(parts) else Numeral(start, end, piece, "grouped", sign)
    may_group = fraction == _THOUSANDS and not has_blocks and 1 <= len(parts[0]) <= _THOUSANDS and parts[0][0] != "0"
    return Numeral(start, end, piece, "either" if may_group else "decimal", sign, fraction=fraction, spaced=spaced)


def split_spaced(numeral: Numeral) -> Iterator[Numeral]:
    """Yield the numbers of a spaced numeral when each space separates two of them."""
    place = numeral.start
    for part in numeral.text.split(" "):
        if piece := read_numeral(part, place):
            yield piece
        place += len(part) + 1


def _split_at_bad_spaces(run: str) -> Iterator[tuple[int, str]]:
    """Yield a run whole where its plain spaces may group, else its parts ("12345 678", "1.50 200")."""
    parts = run.split(" ")
    can_group = len(parts) > 1 and len(parts[0]) <= _THOUSANDS and all(part.isdigit() for part in parts[:-1])
    if len(parts) == 1 or can_group:
        yield 0, run
        return
    place = 0
    for part in parts:
        yield place, part
        place += len(part) + 1


def _are_blocks(blocks: list[str]) -> bool:
    """Whether digits between spaces or apostrophes are groups: 1 to 3, then three each, the last with a fraction."""
    heads = [*blocks[:-1], _POINT_OR_COMMA.split(blocks[-1])[0]]
    return heads[0].isdigit() and 1 <= len(heads[0]) <= _THOUSANDS and all(len(h) == _THOUSANDS for h in heads[1:])


def _are_groups(parts: list[str]) -> bool:
    """Return whether digits between equal signs are groups of three, or of two and a last one of three (1,18,000)."""
    if not 1 <= len(parts[0]) <= _THOUSANDS or len(parts) == 1:
        return len(parts) == 1
    if len(parts[-1]) != _THOUSANDS or (parts[0][0] == "0" and len(parts[0]) > 1):
        return False
    middle = {len(part) for part in parts[1:-1]}
    return middle <= {_THOUSANDS} or (middle == {_MIN_LAKH} and len(parts[0]) <= _MIN_LAKH)
