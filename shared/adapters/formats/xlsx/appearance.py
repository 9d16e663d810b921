"""Tell whether a cell of a workbook is seen: its colours and fonts, those of its theme resolved."""

import colorsys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal

from shared.domain.spreadsheets.number_format import format_cell

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell as SheetCell
    from openpyxl.workbook.workbook import Workbook

MIN_CONTRAST = 16
"""Letters whose colour differs less from that of their cell are not seen, in levels of 255."""
_PAPER = (255, 255, 255)
_THEME_ORDER = ("lt1", "dk1", "lt2", "dk2", *(f"accent{number}" for number in range(1, 7)), "hlink", "folHlink")
_SYSTEM_FOREGROUND, _SYSTEM_BACKGROUND = 64, 65
Rgb = tuple[int, int, int]
CellVisibility = Literal["shown", "hidden", "struck"]


class Appearance:
    """The looks of a workbook's cells."""

    def __init__(self, workbook: "Workbook") -> None:
        self._theme = _read_theme(workbook.loaded_theme)
        self._looks: dict[tuple[int, int, str], CellVisibility] = {}

    def judge(self, cell: "SheetCell") -> CellVisibility:
        """Return how the text of a cell looks as a whole."""
        style = cell._style  # noqa: SLF001 - the numbers of its font and fill, without building either
        key = (style.fontId, style.fillId, "white" if "[white]" in cell.number_format.lower() else "")
        if key not in self._looks:
            self._looks[key] = self._judge_font(cell.font, cell.fill, is_white=bool(key[2]))
        return self._looks[key]

    def judge_difference(self, cell: "SheetCell", difference: Any) -> CellVisibility:  # noqa: ANN401 - openpyxl has no types
        """Return how a cell looks with what a conditional format changes."""
        font, fill = difference.font, difference.fill
        code = difference.numFmt.formatCode if difference.numFmt is not None else ""
        ground = self._resolve(fill.bgColor) if fill is not None and fill.bgColor is not None else None
        colour = self._resolve(font.color) if font is not None else None
        ground = ground or self._ground(cell.fill)
        is_unseen = colour is not None and ground is not None and _distance(colour, ground) <= MIN_CONTRAST
        if is_unseen or (code and not format_cell(cell.value, code)):
            return "hidden"
        return "struck" if font is not None and font.strike else "shown"

    def split_runs(self, cell: "SheetCell") -> Iterator[tuple[str, CellVisibility]]:
        """Yield the pieces of a cell of rich text, each with its look."""
        for run in cell.value:
            font = getattr(run, "font", None)
            yield (
                getattr(run, "text", None) or str(run),
                self._judge_font(font, cell.fill) if font else self.judge(cell),
            )

    def _judge_font(self, font: Any, fill: Any, *, is_white: bool = False) -> CellVisibility:  # noqa: ANN401 - openpyxl has no types
        ground = self._ground(fill)
        colour = _PAPER if is_white else self._resolve(font.color) if font is not None else None
        if colour is not None and ground is not None and _distance(colour, ground) <= MIN_CONTRAST:
            return "hidden"
        return "struck" if font is not None and font.strike else "shown"

    def _ground(self, fill: Any) -> Rgb | None:  # noqa: ANN401 - as above
        """Return the colour of a cell's ground; None for a pattern or a gradient."""
        if fill is None or fill.fill_type in (None, "none"):
            return _PAPER
        return self._resolve(fill.fgColor) if fill.fill_type == "solid" else None

    def _resolve(self, colour: Any) -> Rgb | None:  # noqa: ANN401 - as above
        """Return the red, green and blue of a colour; None when it is the program's own (black on white)."""
        from openpyxl.styles.colors import COLOR_INDEX

        if colour is None:
            return None
        if colour.type == "rgb" and isinstance(colour.rgb, str):
            return _tint(_parse(colour.rgb), colour.tint)
        if colour.type == "theme" and colour.theme < len(self._theme):
            return _tint(self._theme[colour.theme], colour.tint)
        if colour.type == "indexed" and colour.indexed < _SYSTEM_FOREGROUND:
            return _parse(COLOR_INDEX[colour.indexed])
        is_background = colour.type == "indexed" and colour.indexed == _SYSTEM_BACKGROUND
        return _PAPER if is_background else None


def _read_theme(theme: bytes | None) -> list[Rgb]:
    """Return the colours of a theme in the order in which cells count them."""
    from lxml import etree

    named: dict[str, Rgb] = {}
    if theme:
        root = etree.fromstring(theme, etree.XMLParser(resolve_entities=False, no_network=True, recover=True))
        for scheme in root.iter("{*}clrScheme") if root is not None else ():
            for entry in scheme:
                value = next((child.get("lastClr") or child.get("val", "") for child in entry), "")
                named[etree.QName(entry).localname] = _parse(value)
    defaults: dict[str, Rgb] = {"lt1": _PAPER, "lt2": (238, 236, 225)}
    return [named.get(name) or defaults.get(name, (0, 0, 0)) for name in _THEME_ORDER]


def _parse(value: str) -> Rgb:
    try:
        number = int(value[-6:], 16)
    except ValueError:
        return 0, 0, 0
    return number >> 16 & 255, number >> 8 & 255, number & 255


def _tint(colour: Rgb, tint: float) -> Rgb:
    """Return the colour made lighter (up to 1) or darker (down to -1), as ECMA-376, 18.8.19 has it."""
    if not tint:
        return colour
    hue, light, saturation = colorsys.rgb_to_hls(*(part / 255 for part in colour))
    light = light * (1 + tint) if tint < 0 else light * (1 - tint) + tint
    red, green, blue = colorsys.hls_to_rgb(hue, min(max(light, 0), 1), saturation)
    return round(red * 255), round(green * 255), round(blue * 255)


def _distance(first: Rgb, second: Rgb) -> int:
    return max(abs(left - right) for left, right in zip(first, second, strict=True))
