"""Which words of a page could be hidden, by what a glance at the page shows. `hidden` then looks at the picture."""

from shared.adapters.pymupdf_reader.sheet import Sheet
from shared.adapters.pymupdf_reader.style import styles
from shared.domain.page import Box, union

CONTRAST = 0.25
"""Text whose lightness (0..1) is nearer than this to what may lie under it is looked at."""
MAX_PLACES = 40
"""More coverings than this on a page are not compared with its words one by one."""
WHITE = 1.0

type _RawPlace = tuple[float, float, float, float, *tuple[object, ...]]


def doubtful(sheet: Sheet) -> list[int]:
    """Indices of the words that may be hidden: all but dark text on white, or on something light that was there first."""
    seen, words = sheet.seen, sheet.words
    if seen.odd:
        return list(range(len(words)))
    places = [box for box, tone in seen.covers if tone is None or any(_alike(tone, text) for text in seen.tones)]
    if len(places) > MAX_PLACES:
        places = [union(tuple(places))]
    found = [index for index, word in enumerate(words) if any(_meet(place, word) for place in places)] if places else []
    if any(_alike(tone, WHITE) for tone in seen.tones):
        light = {index for index, style in styles(sheet).items() if _alike(style.tone, WHITE)}
        found = sorted(light.union(found))
    return found


def _alike(tone: float, other: float) -> bool:
    return abs(tone - other) < CONTRAST


def _meet(one: Box, other: _RawPlace) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
