"""Findings about values that are one of several readings of what is printed."""

from collections.abc import Iterable

from shared.domain.base.finding import Finding
from shared.domain.documents.extraction import Scalar
from shared.domain.judging.grounding.printed_readings import Ambiguity, Grounding
from shared.domain.types.document_type import FieldSpec

AMBIGUOUS_VALUE = "ambiguous_value"
"""The rule of a finding that what is printed can be read in another way than the answer does."""
OTHER_SIGN = "other_sign"
"""The rule of a finding that what is printed has another sign than the answer: a type may ask for the size only."""
MAX_PRINTED_CHARACTERS = 60

type _Place = tuple[str, str]
"""The names of a field and, of a table, the column."""


class AmbiguityLog:
    """Collects the ambiguous values of a document: the first of each field and column, and how many there are."""

    def __init__(self) -> None:
        self._first: dict[_Place, tuple[str, Ambiguity, Scalar]] = {}
        self._counts: dict[_Place, int] = {}

    def add(self, spec: FieldSpec, value: Scalar, grounding: Grounding, column: FieldSpec | None = None) -> None:
        """Take the grounding of a value; one without an ambiguity is passed over."""
        if grounding.ambiguity is None:
            return
        place = (spec.name, column.name if column else "")
        title = f"{spec.title}, {column.title}" if column else spec.title
        self._first.setdefault(place, (title, grounding.ambiguity, value))
        self._counts[place] = self._counts.get(place, 0) + 1

    def findings(self) -> Iterable[Finding]:
        """Yield one finding for each field and column."""
        for place, (title, ambiguity, value) in self._first.items():
            more = f" (and {self._counts[place] - 1} more of this column)" if self._counts[place] > 1 else ""
            message = f"{title}: {_describe(ambiguity, value)}{more}."
            if ambiguity.is_sign:
                yield Finding(rule=OTHER_SIGN, severity="warning", message=message, fields=(place[0],))
            else:
                yield Finding(rule=AMBIGUOUS_VALUE, severity="error", message=message, fields=(place[0],))


def _describe(ambiguity: Ambiguity, value: Scalar) -> str:
    printed = " ".join(ambiguity.printed.split())[:MAX_PRINTED_CHARACTERS]
    if ambiguity.settled:
        return f"the answer is {value}, but this document's way of writing makes '{printed}' {ambiguity.settled}"
    return f"'{printed}' can be read as {' or '.join(ambiguity.readings)}, and nothing in the document settles which"
