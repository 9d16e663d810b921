"""Look for text that addresses its reader on a page, whatever hides it."""

import re
from collections.abc import Iterable, Iterator

from shared.domain.reading.injection.disguise import decode_base64, hides_order, join_lines, plain_text, undo_disguises
from shared.domain.reading.injection.english import ENGLISH
from shared.domain.reading.injection.general import GENERAL
from shared.domain.reading.injection.languages import OTHER_LANGUAGES
from shared.domain.reading.injection.outcomes import OUTCOMES
from shared.domain.reading.injection.programs import PROGRAMS
from shared.domain.reading.page import Line

_PATTERNS = (*ENGLISH, *GENERAL, *OUTCOMES, *OTHER_LANGUAGES, *PROGRAMS)
_TAGS = re.compile("[\U000e0001-\U000e007f]")


def addressing_lines(lines: Iterable[Line]) -> tuple[str, ...]:
    """Ids of the lines of a page in which text addresses its reader, in order; a sentence may run over several lines.

    Letters that nobody sees (Unicode's tag characters) count as addressing it, whatever they say.
    """
    ids, texts = [], []
    for line in lines:
        ids.append(line.id)
        texts.append(plain_text(line.text))
    hits = {at for at, text in enumerate(texts) if _TAGS.search(text) or hides_order(text) or _encodes_order(text)}
    for variant in undo_disguises(texts):
        joined, places = join_lines(variant)
        for first, last in _find_orders(joined):
            hits |= {at for at, (start, end) in enumerate(places) if first < end and last > start}
    return tuple(ids[at] for at in sorted(hits))


def _find_orders(text: str) -> Iterator[tuple[int, int]]:
    """Yield where a text addresses its reader."""
    small = text.lower()
    for pattern in _PATTERNS:
        if any(stem in small for stem in pattern.stems):
            yield from (match.span() for match in pattern.expression.finditer(text))


def _encodes_order(text: str) -> bool:
    return any(True for decoded in decode_base64(text) for _ in _find_orders(decoded))
