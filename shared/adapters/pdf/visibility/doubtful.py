"""Find the words of a page that may be hidden, by its paint summary. `hidden` then checks them on the picture."""

from shared.adapters.pdf.page.interpreted_page import InterpretedPage
from shared.adapters.pdf.page.style import styles_of_words
from shared.domain.reading.page import union

MAX_PLACES = 40
"""More coverings than this on a page are not compared with its words one by one."""
MAX_PAIRS = 100_000
"""Beyond this many pairs of a cover and a word, order of drawing is ignored and all covered words are doubtful."""
WHITE = 1.0


def find_doubtful(interpreted: InterpretedPage) -> list[int]:
    """Return the indices of words that may be hidden: not dark on white, nor on something light painted before."""
    from shared.adapters.pdf.page.paint_scan import are_tones_alike, do_boxes_overlap, find_hiding_covers

    paint, words = interpreted.paint, interpreted.words
    if paint.odd:
        return list(range(len(words)))
    places = [
        box
        for box, tone, texts_before, _ in paint.covers
        if tone is None or texts_before or any(are_tones_alike(tone, text) for text in paint.tones)
    ]
    if places and len(paint.covers) * len(words) <= MAX_PAIRS:
        places = find_hiding_covers(interpreted.run)
    if len(places) > MAX_PLACES:
        places = [union(tuple(places))]
    doubtful = (
        [index for index, word in enumerate(words) if any(do_boxes_overlap(place, word) for place in places)]
        if places
        else []
    )
    if any(are_tones_alike(tone, WHITE) for tone in paint.tones):
        light = {index for index, style in styles_of_words(interpreted).items() if are_tones_alike(style.tone, WHITE)}
        doubtful = sorted(light.union(doubtful))
    return doubtful
