"""How each word of a page is painted."""

from typing import Any, NamedTuple

from shared.adapters.pdf.page.colors import lightness
from shared.adapters.pdf.page.interpreted_page import InterpretedPage

_PAINTED = 16 | 32
"""MuPDF's FZ_STEXT_FILLED and FZ_STEXT_STROKED."""


class Style(NamedTuple):
    """Colour (0..255), alpha of 255, and whether the text is painted at all (not so in render mode 3)."""

    color: tuple[int, int, int]
    alpha: int
    painted: bool

    @property
    def tone(self) -> float:
        """The lightness of the colour, 0 (black) to 1 (white)."""
        return lightness(*(part / 255 for part in self.color))


def styles_of_words(interpreted: InterpretedPage) -> dict[int, Style]:
    """Return the style of each word by its index: that of the span around its middle; some words have none."""
    lines = interpreted.lines()
    styles_by_word: dict[int, Style] = {}
    for index, word in enumerate(interpreted.words):
        x, y = (word[0] + word[2]) / 2, (word[1] + word[3]) / 2
        spans: list[dict[str, Any]] = lines.get((word[5], word[6]), {}).get("spans", [])
        holding = (span for span in spans if word[4] in span["text"] and _inside(x, y, span["bbox"]))
        span = spans[0] if len(spans) == 1 else next(holding, None)
        if span:
            color = span["color"]
            rgb = (color >> 16 & 255, color >> 8 & 255, color & 255)
            styles_by_word[index] = Style(rgb, span["alpha"], bool(span["char_flags"] & _PAINTED))
    return styles_by_word


def _inside(x: float, y: float, box: tuple[float, float, float, float]) -> bool:
    return box[0] - 1 <= x <= box[2] + 1 and box[1] - 1 <= y <= box[3] + 1
