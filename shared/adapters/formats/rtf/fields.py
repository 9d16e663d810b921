"""Fields and form fields of RTF."""

import re
from dataclasses import dataclass, field

from shared.domain.content.symbol_fonts import EMPTY, TICKED

_UNSTORED = re.compile(r"\s*(INCLUDETEXT|INCLUDEPICTURE|LINK|DDE|DDEAUTO)\b|\s*(=)", re.IGNORECASE)
_CHECK_BOX, _LIST = 1, 2
_UNDEFINED = 25
"""The result of an unchanged form field: its default applies."""


@dataclass(slots=True)
class Field:
    """A field: its instruction; of a form field its type, result, default and entries."""

    instruction: str = ""
    has_result: bool = False
    form_type: int | None = None
    result: int = _UNDEFINED
    default: int = 0
    entries: list[str] = field(default_factory=list)

    def set_number(self, word: str, number: int | None) -> None:
        """Take a number of a form field from its control word."""
        if word == "fftype":
            self.form_type = number or 0
        elif word == "ffres":
            self.result = _UNDEFINED if number is None else number
        elif word == "ffdefres":
            self.default = number or 0

    def draw(self) -> str:
        """Return what a form field shows without a result."""
        index = self.default if self.result == _UNDEFINED else self.result
        if self.form_type == _CHECK_BOX:
            return TICKED if index else EMPTY
        if self.form_type == _LIST and not self.has_result:
            return self.entries[index].strip() if 0 <= index < len(self.entries) else ""
        return ""

    def explain_missing(self) -> str:
        """Return the code of what a field without a result does not show; "" when nothing is missing."""
        unstored = None if self.has_result else _UNSTORED.match(self.instruction)
        if unstored is None:
            return ""
        return "uncalculated_field" if unstored[2] else "linked_part"
