"""Identifiers that are a part of what stands in their cell: cut short, or found in other words.

A number is printed behind its label, or alone in a cell beside or below it. "118" in the cell "Proj. 118 / B. Miller"
is a part of a reference.
"""

import re

from shared.domain.types.document_type import FieldSpec
from shared.domain.values.conventions import Conventions
from shared.domain.values.dates import find_dates
from shared.domain.values.matching import WordText

PARTIAL = 0.6
"""Grounding of an identifier that is a part of its cell."""
_NUMBER_WORDS = frozenset({"nr", "no", "num", "number", "nummer", "n", "nº", "n°", "numéro", "número", "numero", "id"})
_NUMBER_MARK = re.compile(r"(?:(?<![^\W_])(?:nr|no|num|number|nummer)\.?|n[°º]|№|#)\s*:?\s*$", re.IGNORECASE)
"""What says right before a value that it is a number, where the rest of its label stands apart."""
_WORD = re.compile(r"[^\W_]+")


def is_part_of_cell(spec: FieldSpec, value: str, text: str) -> bool:
    """Return whether a line without a label of the field holds other words beside the value, dates aside."""
    words = WordText(text)
    parts = (part for label in (*spec.labels, spec.title) for part in label.split("…") if part.strip())
    if any(map(words.contains_beside_digits, parts)):
        return False
    for printed in reversed(find_dates(text, Conventions())):
        text = f"{text[: printed.start]} {text[printed.end :]}"
    if _NUMBER_MARK.search(text[: max(text.find(value), 0)]):
        return False
    own = "".join(_WORD.findall(value.casefold()))
    other_words = [word for word in _WORD.findall(text.casefold()) if word not in own and word not in _NUMBER_WORDS]
    return any(character.isalpha() for word in other_words for character in word)
