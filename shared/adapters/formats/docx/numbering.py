"""The numbers and bullets that Word prints before paragraphs of lists, which no text holds."""

import re
from collections import defaultdict
from collections.abc import Callable
from typing import TYPE_CHECKING

from shared.adapters.formats.docx.names import W, val

if TYPE_CHECKING:
    from lxml.etree import _Element

LEVELS = 9
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"))
_ROMAN_ONES = ((9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


class Numbering:
    """Counts the paragraphs of each list."""

    def __init__(self, root: "_Element | None") -> None:
        self._levels: dict[str, dict[int, _Element]] = {}
        self._starts: dict[tuple[str, int], int] = {}
        self._counts: dict[str, list[int]] = {}
        self._abstract: dict[str, str] = {}
        if root is None:
            return
        layouts = {layout.get(f"{W}abstractNumId", ""): layout for layout in root.iter(f"{W}abstractNum")}
        for number in root.iter(f"{W}num"):
            name, base = number.get(f"{W}numId", ""), val(number, "abstractNumId")
            self._abstract[name] = base
            levels = _by_level(layouts.get(base))
            for change in number.iter(f"{W}lvlOverride"):
                at = _number(change.get(f"{W}ilvl", ""), 0)
                levels |= _by_level(change)
                start = val(change, "startOverride")
                if start:
                    self._starts[name, at] = _number(start, 1)
            self._levels[name] = levels

    def mark(self, list_id: str, level: int) -> str:
        """Return what stands before the next paragraph of a list at a level (from 0), with a space; "" for no mark."""
        levels = self._levels.get(list_id, {})
        layout = levels.get(level)
        if layout is None:
            return ""
        shown = val(layout, "lvlText")
        if val(layout, "numFmt") == "bullet":
            return "• " if shown else ""
        counts = self._count(list_id, level, levels)
        numbers = [_format_number(val(levels.get(at), "numFmt"), counts[at]) for at in range(level + 1)]
        mark = re.sub(r"%([1-9])", lambda at: numbers[int(at[1]) - 1] if int(at[1]) <= len(numbers) else "", shown)
        return f"{mark} " if mark else ""

    def _count(self, list_id: str, level: int, levels: "dict[int, _Element]") -> list[int]:
        """Count a paragraph and return the counts of all levels.

        Lists of one abstract list share their counts, unless one of them sets its own start.
        """
        own = any(name == list_id for name, _ in self._starts)
        name = list_id if own else f"abstract {self._abstract.get(list_id, list_id)}"
        starts = [self._starts.get((list_id, at), _number(val(levels.get(at), "start"), 1)) for at in range(LEVELS)]
        counts = self._counts.setdefault(name, [start - 1 for start in starts])
        counts[level] += 1
        for above in range(level):
            counts[above] = max(counts[above], starts[above])
        counts[level + 1 :] = [start - 1 for start in starts[level + 1 :]]
        return counts


def _by_level(layout: "_Element | None") -> "dict[int, _Element]":
    if layout is None:
        return {}
    by_level = {_number(level.get(f"{W}ilvl", ""), 0): level for level in layout.iter(f"{W}lvl")}
    return {at: level for at, level in by_level.items() if at < LEVELS}


def _number(text: str, default: int) -> int:
    return int(text) if text.isdecimal() else default


def _letters(number: int) -> str:
    """Letters from a to z, then aa, bb, as Word has it."""
    return chr(ord("a") + (number - 1) % 26) * min((number - 1) // 26 + 1, 50) if number > 0 else ""


def _roman(number: int) -> str:
    written = ""
    for value, letters in (*_ROMAN, *_ROMAN_ONES):
        written += letters * (number // value)
        number %= value
    return written


_FORMATS: defaultdict[str, Callable[[int], str]] = defaultdict(
    lambda: str,
    {
        "lowerLetter": _letters,
        "upperLetter": lambda number: _letters(number).upper(),
        "lowerRoman": _roman,
        "upperRoman": lambda number: _roman(number).upper(),
        "decimalZero": lambda number: f"{number:02}",
        "none": lambda _: "",
    },
)


def _format_number(number_format: str, number: int) -> str:
    return _FORMATS[number_format](min(number, 1_000_000))
