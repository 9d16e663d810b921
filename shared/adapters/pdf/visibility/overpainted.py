"""Words that something was drawn over before other words were drawn at their place.

A picture of the page cannot show that the lower ones are hidden, because the upper ones are seen there.
"""

from collections.abc import Iterator, Sequence

from shared.adapters.pdf.page.interpreted_page import InterpretedPage
from shared.domain.reading.page import Box

MIN_OVERLAP = 0.3
"""The share of a word's area that a later word covers, for the two to stand at one place."""
MAX_WORDS = 200
"""Under a cover with more words than this, such as a ground of the whole page, pairs are not compared."""


def overpainted_words(interpreted: InterpretedPage) -> Iterator[int]:
    """Yield the indices of words that lie under an opaque cover, with a later word above it."""
    if not (interpreted.paint.odd or any(cover.texts_before for cover in interpreted.paint.covers)):
        return
    from shared.adapters.pdf.page.paint_scan import covers_between_texts

    for cover, below, above in covers_between_texts(interpreted.run):
        inside = [index for index, word in enumerate(interpreted.words) if _holds(cover, word[:4])]
        if 1 < len(inside) <= MAX_WORDS:
            lower = [index for index in inside if _is_held(interpreted.words[index][:4], below)]
            upper = [index for index in inside if _is_held(interpreted.words[index][:4], above)]
            yield from (index for index in lower if any(_lies_over(interpreted, later, index) for later in upper))


def _lies_over(interpreted: InterpretedPage, later: int, earlier: int) -> bool:
    """Return whether a word was drawn later than another (words are in the order of drawing), at its place."""
    if later <= earlier:
        return False
    x0, y0, x1, y1 = interpreted.words[earlier][:4]
    left, top, right, bottom = interpreted.words[later][:4]
    width, height = min(x1, right) - max(x0, left), min(y1, bottom) - max(y0, top)
    return width > 0 and height > 0 and width * height >= MIN_OVERLAP * (x1 - x0) * (y1 - y0)


def _is_held(word: Box, boxes: Sequence[Box]) -> bool:
    return any(_holds(box, word) for box in boxes)


def _holds(box: Box, word: Box) -> bool:
    x, y = (word[0] + word[2]) / 2, (word[1] + word[3]) / 2
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]
