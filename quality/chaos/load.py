"""The uploads of a run, all decided by its seed: many small documents, copies, overwrites, deletions, bad files."""

import io
import random
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

Fate = Literal["stays", "overwritten", "deleted"]

_BAD = (b"", b"This is no document, whatever its name says.", b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog")
_SHARES = {"copy": 0.06, "overwritten": 0.06, "deleted": 0.04, "bad": 0.04, "picture": 0.01, "long": 0.08}
"""Shares of the documents that are something else than one clean page; the rest is."""
_AFTER_INTAKE, _WRONG = 0.7, 0.1
"""Shares: of overwrites and deletions that wait until the Document is seen, of pages that contradict themselves."""
_RECENT = 8
"""A copy is one of the last few, so that its original may still be on its way, and may yet fail."""


@dataclass(frozen=True)
class Item:
    """One blob. `after`: what it is overwritten with; `is_after_intake`: changed only when it was received."""

    name: str
    data: bytes
    fate: Fate = "stays"
    after: bytes = b""
    is_after_intake: bool = True


def make_load(documents: int, seed: int) -> list[Item]:
    """`documents` blobs in the order of their upload, the same for the same seed."""
    rng = random.Random(f"load/{seed}")  # noqa: S311 - a repeatable choice, no secret
    items: list[Item] = []
    for number in range(documents):
        kind = rng.choices([*_SHARES, "page"], [*_SHARES.values(), 1 - sum(_SHARES.values())])[0]
        items.append(_item(kind, number, seed, rng, items))
    return items


def make_burst(documents: int, seed: int) -> list[Item]:
    """`documents` clean pages, each of its own content and its type told by the folder."""
    return [Item(f"invoice/{number:05d}.pdf", invoice(f"{seed}-{number}")) for number in range(documents)]


def is_good(data: bytes) -> bool:
    """Return whether a file of the load can be read."""
    return data not in _BAD


def _item(kind: str, number: int, seed: int, rng: random.Random, earlier: list[Item]) -> Item:
    label = f"{seed}-{number}"
    folder = rng.choice(("invoice/", "", "inbox/"))
    name = f"{folder}{number:05d}.pdf"
    originals = [item for item in earlier if item.name.endswith(".pdf")][-_RECENT:]
    if kind == "copy" and originals:
        original = rng.choice(originals)
        return Item(f"{original.name.rpartition('/')[0] or 'copies'}/{number:05d} copy.pdf", original.data)
    if kind == "bad":
        return Item(name, rng.choice(_BAD))
    if kind == "picture":
        return Item(f"{folder}{number:05d}.png", picture(number))
    if kind == "overwritten":
        return Item(
            name, invoice(label), "overwritten", invoice(f"{label}-again"), is_after_intake=rng.random() < _AFTER_INTAKE
        )
    if kind == "deleted":
        return Item(name, invoice(label), "deleted", is_after_intake=rng.random() < _AFTER_INTAKE)
    pages = rng.randint(2, 4) if kind == "long" else 1
    return Item(name, invoice(label, wrong=rng.random() < _WRONG, pages=pages))


def invoice(label: str, *, wrong: bool = False, pages: int = 1) -> bytes:
    """Return a PDF of `pages` pages with text; with `wrong` its total is not the sum of its parts."""
    from fpdf import FPDF
    from fpdf.enums import XPos, YPos

    pdf = FPDF()
    pdf.set_creation_date(datetime(2026, 1, 1, tzinfo=UTC))
    pdf.set_font("helvetica", size=11)
    total = "125.00" if wrong else "119.00"
    for page in range(1, pages + 1):
        pdf.add_page()
        head = ["Halcyon Paper Ltd", "Invoice", f"Invoice no.: {label}", "Invoice date: 2026-03-09"]
        body = [
            f"Item {page}   1   100.00",
            "Net total: EUR 100.00",
            "VAT 19 %: EUR 19.00",
            f"Grand total: EUR {total}",
        ]
        for line in [*head, *body] if page == pages else head:
            pdf.cell(text=line, new_x=XPos.LMARGIN, new_y=YPos.NEXT, h=8)
    return bytes(pdf.output())


def picture(number: int) -> bytes:
    """Return a small PNG without any text, different for each number."""
    from PIL import Image

    image = Image.new("RGB", (120, 80), "white")
    image.putpixel((number % 120, number // 120 % 80), (0, 0, 0))
    written = io.BytesIO()
    image.save(written, "PNG")
    return written.getvalue()
