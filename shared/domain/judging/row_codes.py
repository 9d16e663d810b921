"""Rows by their codes: where every row that was read has a number of one form, others of that form were passed over."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Self

from shared.domain.judging.answers import RawRow
from shared.domain.reading.page import Page, Span
from shared.domain.reading.quoting import side_by_side, span_of
from shared.domain.types.document_type import FieldSpec

FEWEST_CODES = 5
"""Rows whose codes show a form: of fewer it would be chance."""
_SAME_FORM = 0.75
"""Of the rows: sums and rows that were misread may be among them."""
_UNIQUE = 0.9
"""Of the codes: one that many rows share names no row."""
_FEWEST_DIGITS, _FEWEST_CHARACTERS = 4, 7
"""Of a code that no date, amount or count looks like."""


@dataclass(frozen=True)
class RowCodes:
    """The form of the codes in a column of identifiers, each of which names one row, and those that were read."""

    form: re.Pattern[str]
    read: frozenset[str] = field(repr=False)

    @classmethod
    def of(cls, spec: FieldSpec, rows: Sequence[RawRow]) -> list[Self]:
        """Return the codes of each column that has them in nearly all rows of the table `spec`, in one form."""
        columns = (column.name for column in spec.columns if column.field_type == "identifier")
        return [codes for name in columns if (codes := cls._of_column(name, rows)) is not None]

    @classmethod
    def _of_column(cls, name: str, rows: Sequence[RawRow]) -> Self | None:
        codes = [str(cell).strip() for row in rows if (cell := row.cells.get(name)) is not None]
        forms = Counter(map(_form, codes))
        form, count = forms.most_common(1)[0] if forms else ("", 0)
        digits = sum(map(str.isdigit, form))
        is_telling = digits >= _FEWEST_DIGITS and len(form) >= _FEWEST_CHARACTERS and not re.search(r"[\s/.,:]", form)
        own = {code for code in codes if _form(code) == form}
        if not is_telling or count < max(FEWEST_CODES, _SAME_FORM * len(rows)) or len(own) < _UNIQUE * count:
            return None
        return cls(re.compile(_pattern(form)), frozenset(own))

    def unread(self, page: Page, cited: set[str]) -> Iterator[Span]:
        """Yield the rows of lines on a page with another code of the form, none of which is cited."""
        for row in side_by_side(page.lines):
            texts = [line.text.strip() for line in row]
            is_new = any(self.form.fullmatch(text) and text not in self.read for text in texts)
            if is_new and not any(line.id in cited for line in row):
                yield span_of(row)


def _form(code: str) -> str:
    """Return a code with 0 for each digit and A for each letter."""
    return "".join("0" if char.isdigit() else "A" if char.isalpha() else char for char in code)


def _pattern(form: str) -> str:
    return "".join(r"\d" if char == "0" else r"[^\W\d_]" if char == "A" else re.escape(char) for char in form)
