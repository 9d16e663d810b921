"""Which words of a page could be hidden, by what a glance at the page shows. `hidden` then looks at the picture."""

from shared.adapters.pdf.page.interpreted_page import Sheet
from shared.adapters.pdf.page.style import styles
from shared.domain.reading.page import union

MAX_PLACES = 40
"""More coverings than this on a page are not compared with its words one by one."""
MAX_PAIRS = 100_000
"""More pairs of a cover and a word than this are not compared: the words are looked at."""
WHITE = 1.0


def doubtful(sheet: Sheet) -> list[int]:
    """Indice of the words that may be hidden: not dark text on white, or on something light that was there first."""
    from shared.adapters.pdf.page.painting import alike, hiding, meet

    seen, words = sheet.seen, sheet.words
    if seen.odd:
        return list(range(len(words)))
    places = [
        box
        for box, tone, texts_before, _ in seen.covers
        if tone is None or texts_before or any(alike(tone, text) for text in seen.tones)
    ]
    if places and len(seen.covers) * len(words) <= MAX_PAIRS:
        places = hiding(sheet.run)
    if len(places) > MAX_PLACES:
        places = [union(tuple(places))]
    found = [index for index, word in enumerate(words) if any(meet(place, word) for place in places)] if places else []
    if any(alike(tone, WHITE) for tone in seen.tones):
        light = {index for index, style in styles(sheet).items() if alike(style.tone, WHITE)}
        found = sorted(light.union(found))
    return found
