"""Files to measure on, made here and the same each time: long texts, and scans as copiers send them."""

import random
import zlib
from collections.abc import Sequence
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pymupdf
from PIL import Image

_TEXT = (
    "the invoice states that goods were delivered on time and paid within thirty days of receipt by bank transfer "
    "unless both parties agreed in writing to other terms which then prevail over these conditions in every case"
)
_WORDS = _TEXT.split()
_A4 = (595, 842)
_HEADER = b"%PDF-1.7\n"


class _Writer:
    """Writes a PDF object after object: a file of 500 MB must not be built in memory. Object 1 is the catalog."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._places = [0, 0]
        self._pages = list[int]()
        out.write(_HEADER)

    def put(self, body: bytes) -> int:
        """Write an object; its number."""
        self._places.append(self._out.tell())
        number = len(self._places)
        self._out.write(b"%d 0 obj\n%b\nendobj\n" % (number, body))
        return number

    def stream(self, entries: bytes, data: bytes) -> int:
        """Write a stream with these entries of its dictionary; its number."""
        return self.put(b"<<%b/Length %d>>stream\n%b\nendstream" % (entries, len(data), data))

    def page(self, content: int, resources: bytes) -> None:
        """Write an A4 page."""
        body = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]/Contents %d 0 R/Resources<<%b>>>>"
        self._pages.append(self.put(body % (*_A4, content, resources)))

    def close(self) -> None:
        """Write the catalog, the list of pages, and where everything stands."""
        kids = b" ".join(b"%d 0 R" % number for number in self._pages)
        own = (b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count %d/Kids[%b]>>" % (len(self._pages), kids))
        for number, body in enumerate(own, 1):
            self._places[number - 1] = self._out.tell()
            self._out.write(b"%d 0 obj\n%b\nendobj\n" % (number, body))
        start, size = self._out.tell(), len(self._places) + 1
        self._out.write(b"xref\n0 %d\n0000000000 65535 f \n" % size)
        self._out.writelines(b"%010d 00000 n \n" % place for place in self._places)
        self._out.write(b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (size, start))


def text_pdf(target: Path, pages: int, *, first: Sequence[str] = (), last: Sequence[str] = ()) -> Path:
    """Make a PDF of A4 pages of about 620 words; the lines `first` and `last` begin the first and the last page."""
    dice = random.Random(1)  # noqa: S311 - not for secrets: the same text each time
    with target.open("wb") as out:
        pdf = _Writer(out)
        font = pdf.put(b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>")
        for number in range(1, pages + 1):
            own = {1: first, pages: last}.get(number, ())
            lines = [*own, f"Page {number} of {pages}", *(" ".join(dice.choices(_WORDS, k=12)) for _ in range(52))]
            shown = b"\n".join(b"(%b) Tj T*" % line.encode("ascii") for line in lines[:53])
            content = b"BT /F %d Tf 14 TL 50 790 Td\n%b\nET" % (9, shown)
            pdf.page(pdf.stream(b"/Filter/FlateDecode", zlib.compress(content)), b"/Font<</F %d 0 R>>" % font)
        pdf.close()
    return target


@cache
def scanned_page(dpi: int, quality: int, seed: int = 1) -> bytes:
    """Return a page of 8-point text as a scanner sees it: a grey JPEG of an A4 sheet with the grain of paper."""
    document: Any = pymupdf.open()
    page = document.new_page(width=_A4[0], height=_A4[1])
    dice = random.Random(seed)  # noqa: S311 - as above
    page.insert_text((50, 50), [" ".join(dice.choices(_WORDS, k=14)) for _ in range(60)], fontsize=8)
    pixmap = page.get_pixmap(dpi=dpi, colorspace=pymupdf.csGRAY, alpha=False)
    sheet = np.frombuffer(pixmap.samples, np.uint8).reshape(pixmap.height, pixmap.width)
    grained = sheet * 0.94 + np.random.default_rng(seed).normal(8, 4, sheet.shape)
    buffer = BytesIO()
    Image.fromarray(grained.clip(0, 255).astype(np.uint8)).save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def scan_pdf(target: Path, pages: int, dpi: int = 300, quality: int = 85) -> Path:
    """Return a PDF whose pages are each one grey scan, every one an image of its own in the file."""
    picture = scanned_page(dpi, quality)
    with Image.open(BytesIO(picture)) as image:
        width, height = image.size
    entries = b"/Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceGray/BitsPerComponent 8" % (
        width,
        height,
    )
    with target.open("wb") as out:
        pdf = _Writer(out)
        for _ in range(pages):
            scan = pdf.stream(entries + b"/Filter/DCTDecode", picture)
            pdf.page(pdf.stream(b"", b"%d 0 0 %d 0 0 cm /I Do" % _A4), b"/XObject<</I %d 0 R>>" % scan)
        pdf.close()
    return target
