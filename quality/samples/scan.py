"""What paper goes through before it is a file: printing, a scanner's bed or a camera, and an encoder."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

import numpy as np
import pymupdf
from PIL import Image, ImageFilter

from quality.samples.paper import Paper

MM_PER_INCH = 25.4
TABLE_COLOR = (92, 70, 52)


@dataclass(frozen=True)
class Scan:
    """How a page was scanned or photographed.

    `angle` turns it, in degrees counter-clockwise; `blur` is a Gaussian radius in pixels; `noise` a standard deviation
    and `shade` the darkening towards the lower right corner, both in grey levels (0 to 255); `tilt` the share of the
    width by which a camera held at a slant narrows the top edge. The same seed gives the same noise.
    """

    dpi: int = 150
    angle: float = 0
    blur: float = 0
    noise: float = 0
    shade: float = 0
    tilt: float = 0
    seed: int = 1


def render(pdf: bytes, dpi: int) -> list[Image.Image]:
    """Return the pages of a PDF as RGB images."""
    with pymupdf.open(stream=pdf, filetype="pdf") as document:
        pixmaps = [page.get_pixmap(dpi=dpi, alpha=False) for page in document]
        return [Image.frombytes("RGB", (pixmap.width, pixmap.height), pixmap.samples) for pixmap in pixmaps]


def scan_pages(pdf: bytes, scan: Scan) -> list[Image.Image]:
    """Return the pages of a PDF as they come out of a scan: grey images, or colour for a photograph (with tilt)."""
    return [
        wear_page(photograph_page(page, scan) if scan.tilt else laid(page, scan), scan)
        for page in render(pdf, scan.dpi)
    ]


def laid(page: Image.Image, scan: Scan) -> Image.Image:
    """Return a page on the bed of a scanner: grey, a little askew, the lid white."""
    return page.convert("L").rotate(scan.angle, Image.Resampling.BICUBIC, fillcolor=255)


def photograph_page(page: Image.Image, scan: Scan) -> Image.Image:
    """Return a page on a table, photographed at an angle."""
    border = page.width // 12
    scene = Image.new("RGB", (page.width + 2 * border, page.height + 2 * border), TABLE_COLOR)
    scene.paste(page, (border, border))
    scene = scene.rotate(scan.angle, Image.Resampling.BICUBIC, fillcolor=TABLE_COLOR)
    width, height = scene.size
    inset = scan.tilt * width
    shown_corners = [(0.0, 0.0), (width, 0.0), (width, height), (0.0, height)]
    true_corners = [(-inset, 0.0), (width + inset, 0.0), (width, height), (0.0, height)]
    warp = perspective(shown_corners, true_corners)
    return scene.transform(
        scene.size, Image.Transform.PERSPECTIVE, warp, Image.Resampling.BICUBIC, fillcolor=TABLE_COLOR
    )


def perspective(
    shown_corners: Sequence[tuple[float, float]], true_corners: Sequence[tuple[float, float]]
) -> tuple[float, ...]:
    """Return the eight coefficients of Pillow's perspective transform that moves each true corner to its shown one.

    Solves x' = (a x + b y + c) / (g x + h y + 1) and y' = (d x + e y + f) / (g x + h y + 1) for four pairs of points.
    """
    equations, targets = [], []
    for (x, y), (u, v) in zip(shown_corners, true_corners, strict=True):
        equations += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        targets += [u, v]
    solved = np.linalg.solve(np.array(equations, dtype=float), np.array(targets, dtype=float))
    return tuple(float(value) for value in solved)


def wear_page(image: Image.Image, scan: Scan) -> Image.Image:
    """Blur, uneven light and noise."""
    pixels = np.asarray(image.filter(ImageFilter.GaussianBlur(scan.blur)), dtype=np.float32)
    height, width = pixels.shape[:2]
    corner = np.add.outer(np.linspace(0, 0.5, height), np.linspace(0, 0.5, width)) * scan.shade
    grain = np.random.default_rng(scan.seed).normal(0, scan.noise, (height, width))
    change = grain - corner
    changed = pixels + (change if pixels.ndim == 2 else change[..., None])  # noqa: PLR2004 - grey has no third axis
    return Image.fromarray(changed.clip(0, 255).round().astype(np.uint8))


def as_jpeg(image: Image.Image, quality: int, dpi: int) -> bytes:
    """Return one page as JPEG."""
    out = BytesIO()
    image.save(out, "JPEG", quality=quality, optimize=True, dpi=(dpi, dpi))
    return out.getvalue()


def as_png(image: Image.Image, dpi: int, levels: int = 16) -> bytes:
    """Return one page as PNG, in as few grey levels as office scanners keep."""
    out = BytesIO()
    image.quantize(levels, dither=Image.Dither.NONE).save(out, "PNG", optimize=True, dpi=(dpi, dpi))
    return out.getvalue()


def as_tiff(pages: Sequence[Image.Image], dpi: int, threshold: int = 150) -> bytes:
    """Pages as one black-and-white TIFF with fax compression (group 4)."""
    out = BytesIO()
    first, *other_pages = [page.point(lambda grey: 255 * (grey > threshold)).convert("1") for page in pages]
    first.save(out, "TIFF", save_all=True, append_images=other_pages, compression="group4", dpi=(dpi, dpi))
    return out.getvalue()


def as_pdf(pages: Sequence[Image.Image], quality: int, dpi: int) -> bytes:
    """Pages as a PDF that holds nothing but their images, as copiers send it."""
    sizes = [(page.width / dpi * MM_PER_INCH, page.height / dpi * MM_PER_INCH) for page in pages]
    pdf = Paper(sizes[0], margin=0)
    for number, (page, size) in enumerate(zip(pages, sizes, strict=True)):
        if number:
            pdf.add_page(format=size)
        pdf.image(BytesIO(as_jpeg(page, quality, dpi)), 0, 0, *size)
    return pdf.data()
