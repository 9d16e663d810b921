"""Scans that we make ourselves: pages with a text layer, printed, worn and scanned badly. Their text is known."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from shared.domain.reading.page import PageImage

_PAPER = 250
_SEED = 1


class Degradation(NamedTuple):
    """How a page is scanned: dots per inch, blur (radius in pixels), noise (deviation of 255), tilt (degrees), JPEG."""

    name: str
    dpi: int
    blur: float = 0.0
    noise: float = 0.0
    tilt: float = 0.0
    quality: int = 90


DEGRADATIONS = (
    Degradation("clean 200 dpi", 200),
    Degradation("mild", 150, blur=0.7, noise=10, tilt=0.7, quality=60),
    Degradation("hard", 110, blur=1.0, noise=22, tilt=1.8, quality=35),
    Degradation("100 dpi", 100, quality=75),
    Degradation("72 dpi", 72, quality=75),
)


class Scan(NamedTuple):
    """A page as a bad scan shows it, and the words that stand on it."""

    name: str
    picture: PageImage
    words: tuple[str, ...]


def scans(files: list[Path], how: Degradation) -> Iterator[Scan]:
    """Yield the first page of each PDF in `files` that has a text layer, scanned as `how` says, always the same."""
    import pymupdf

    for file in files:
        with pymupdf.open(file) as document:
            page = document[0]
            words = tuple(word[4] for word in page.get_text("words"))
            if words:
                pixmap = page.get_pixmap(dpi=how.dpi, alpha=False)
                yield Scan(file.name, _scan_document(pixmap.tobytes("png"), how), words)


def _scan_document(data: bytes, how: Degradation) -> PageImage:
    import numpy as np
    from PIL import Image, ImageFilter

    image = Image.open(io.BytesIO(data)).convert("L")
    if how.tilt:
        image = image.rotate(how.tilt, Image.Resampling.BICUBIC, fillcolor="white")
    if how.blur:
        image = image.filter(ImageFilter.GaussianBlur(how.blur))
    if how.noise:
        grain = np.random.default_rng(_SEED).normal(0, how.noise, (image.height, image.width))
        image = Image.fromarray(np.clip(np.minimum(np.asarray(image), _PAPER) + grain, 0, 255).astype(np.uint8))
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=how.quality)
    return PageImage(media_type="image/jpeg", data=buffer.getvalue(), width=image.width, height=image.height)
