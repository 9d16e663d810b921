"""A PDF page as every layout needs it: same bytes on every machine, and a few moves of the pen."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import md5
from typing import Literal

from fpdf import FPDF

A4 = (210.0, 297.0)
MADE = datetime(2026, 1, 1, tzinfo=UTC)

type Align = Literal["L", "C", "R"]


class Paper(FPDF):
    """A PDF in millimetres with core fonts only, without time, chance or compression in its bytes."""

    def __init__(self, size: tuple[float, float] = A4, margin: float = 20, font: str = "helvetica") -> None:
        super().__init__(unit="mm", format=size)
        self.core_fonts_encoding = "windows-1252"  # Latin-1 has no euro sign
        self.set_compression(False)
        self.set_creation_date(MADE)
        self.set_producer("Intray samples")
        self.set_margin(margin)
        self.set_auto_page_break(False)
        self.family = font
        self.add_page()

    def file_id(self) -> str:
        """Return a fixed id: fpdf's own depends on when the file is made."""
        digest = md5(self.family.encode(), usedforsecurity=False).hexdigest().upper()
        return f"<{digest}><{digest}>"

    def pen(self, size: float = 10, style: Literal["", "B", "I"] = "") -> None:
        """Choose the size in points and the style of what is written next."""
        self.set_font(self.family, style, size)

    def write_line(self, x: float, y: float, text: str, width: float = 0, align: Align = "L") -> None:
        """Write one line with its top left corner at (x, y)."""
        self.set_xy(x, y)
        self.cell(width or None, 5, text, align=align)

    def lines(self, x: float, y: float, texts: Sequence[str], step: float = 5) -> float:
        """Write lines below each other; the y below the last."""
        for text in texts:
            self.write_line(x, y, text)
            y += step
        return y

    def pairs(self, x: float, y: float, pairs: Sequence[tuple[str, str]], gap: float = 38, step: float = 5.5) -> float:
        """Write labels with their values beside them; the y below the last."""
        for label, value in pairs:
            self.write_line(x, y, label)
            self.write_line(x + gap, y, value)
            y += step
        return y

    def attach(self, files: Iterable[tuple[str, bytes]]) -> None:
        """Put files (name, content) into the PDF."""
        for name, content in files:
            self.embed_file(
                bytes=content, basename=name, creation_date=MADE, modification_date=MADE, mime_type="text/xml"
            )

    def data(self) -> bytes:
        """Return the finished file."""
        return bytes(self.output())


@dataclass(frozen=True)
class Column:
    """A column of a table: its heading, its width in millimetres and how its cells are set."""

    title: str
    width: float
    align: Align = "R"
