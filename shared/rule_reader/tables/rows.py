"""Rows of a table while they are being read."""

from dataclasses import dataclass, field

from shared.rule_reader.text.page import Line


@dataclass
class Row:
    """A row in the making: the lines of each cell, and where it stands."""

    page: int
    top: float
    bottom: float
    height: float
    cells: dict[str, list[Line]] = field(default_factory=dict)
    texts: dict[str, list[str]] = field(default_factory=dict)
    closed: bool = False
    lines: set[Line] = field(default_factory=set)
    is_keyed: bool = False

    @property
    def top_line(self) -> float:
        """The y under the row's first line."""
        return self.top + 0.8 * self.height
