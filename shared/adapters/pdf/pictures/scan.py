"""Pages that are only a scan: their own JPEG is used, instead of rendering the page and encoding it again.

Decoding a JPEG at a fraction of its size costs a twentieth of drawing the page at 200 dpi as PNG. It is taken only
where what the page paints is known for certain to be that image: whole, in quarter turns, and covered by nothing.
"""

import io
import re
from typing import TYPE_CHECKING, NamedTuple

from shared.adapters.base.jpeg import as_jpeg, strip_metadata
from shared.domain.reading.ocr_need import Ceiling, scale_to_fit
from shared.domain.reading.page import PageImage

if TYPE_CHECKING:
    import pymupdf
    from PIL import Image

ENOUGH_DPI = 150
"""A JPEG that decodes to this at a fraction of its size is not decoded in full for an OCR ceiling above it."""
MAX_PIXELS = 150_000_000
_MAX_CONTENT = 200_000
_TOLERANCE = 0.01
_POINTS_PER_INCH = 72
_ORIENTATION = 0x0112
_START_OF_SCAN, _END_OF_IMAGE = b"\xff\xda", b"\xff\xd9"
"""Markers of a JPEG; neither occurs within its coded pixels."""
_TOKEN = re.compile(rb"\((?:\\.|[^()\\])*\)|<[0-9A-Fa-f\s]*>|\[|\]|/[^\s()<>\[\]{}/%]*|[^\s()<>\[\]{}/%]+")
_PLAIN = frozenset(b"q Q cm Do BT ET Tf Td TD Tm T* Tj TJ Tc Tw Tz TL Ts Tr BMC BDC EMC g G rg RG w M [ ]".split())
"""Operators that neither clip nor change how an image is painted (PDF 32000-1, annex A)."""
_OPERAND = re.compile(rb"[-+]?[\d.]+|[/(<].*", re.DOTALL)
_TURNS = {(1, 0, 0, 1): 0, (0, 1, -1, 0): 90, (-1, 0, 0, -1): 180, (0, -1, 1, 0): 270}
"""Signs of a transform's (a, b, c, d), and the degrees by which it turns an image clockwise."""


class Scan(NamedTuple):
    """The one image of a page: its JPEG, the degrees clockwise to turn it, and the page's size in points."""

    jpeg: bytes
    turn: int
    width: float
    height: float


def find_scan(page: "pymupdf.Page") -> Scan | None:
    """Return the page's scan, or None when the page is anything but one JPEG over all of it."""
    document = page.parent
    images = page.get_images(full=True)
    if len(images) != 1 or page.first_annot or page.first_widget or not _paints_only_an_image(page):
        return None
    xref, width, height = images[0][0], images[0][2], images[0][3]
    if not _is_plain(document, xref):
        return None
    turn = _turn(page)
    jpeg = document.xref_stream_raw(xref)
    if turn is None or not _fits(jpeg, (width, height), page, turn):
        return None
    return Scan(jpeg, turn, page.rect.width, page.rect.height)


def scan_picture(scan: Scan, ceiling: Ceiling, quality: int) -> PageImage | None:
    """Return the scan within `ceiling`, upright, as a JPEG; a fitting one as it was coded; None when it is damaged."""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(scan.jpeg), formats=("JPEG",)) as image:
            size = (image.height, image.width) if scan.turn % 180 else image.size
            fits = not scan.turn and scale_to_fit(*size, ceiling) == 1.0 and _ORIENTATION not in image.getexif()
            if fits and (data := strip_metadata(scan.jpeg)):
                return PageImage(media_type="image/jpeg", data=data, width=size[0], height=size[1])
            return as_jpeg(_small(image, scan, ceiling), quality)
    except (OSError, SyntaxError, ValueError):
        return None


def _small(image: "Image.Image", scan: Scan, ceiling: Ceiling) -> "Image.Image":
    """Decode the image at the smallest sufficient fraction, turn it, and shrink it where it still is too large."""
    from PIL import Image

    scale = scale_to_fit(image.width, image.height, ceiling)
    least = min(scale, ENOUGH_DPI / _POINTS_PER_INCH * max(scan.width, scan.height) / max(image.size))
    image.draft(image.mode, (round(image.width * least), round(image.height * least)))
    fits = min(1.0, scale_to_fit(image.width, image.height, ceiling))
    size = (max(1, int(image.width * fits)), max(1, int(image.height * fits)))
    small = image.copy() if fits == 1.0 else image.resize(size, Image.Resampling.HAMMING)
    turns = {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}
    return small.transpose(turns[scan.turn]) if scan.turn else small


def _paints_only_an_image(page: "pymupdf.Page") -> bool:
    """Return whether all that the page paints is one image, with no clip and no state that could change how it looks.

    Invisible text (that of a searchable scan) paints nothing.
    """
    content = page.read_contents()
    if len(content) > _MAX_CONTENT or b"%" in content:
        return False
    tokens = _TOKEN.findall(content)
    if not all(token in _PLAIN or _OPERAND.fullmatch(token) for token in tokens) or tokens.count(b"Do") != 1:
        return False
    if any(before != b"3" for before, token in zip([b"", *tokens], tokens, strict=False) if token == b"Tr"):
        return False
    painted = [operation for operation, _ in page.get_bboxlog()]
    return painted.count("fill-image") == 1 and set(painted) <= {"fill-image", "ignore-text"}


def _is_plain(document: "pymupdf.Document", xref: int) -> bool:
    """Return whether an image is a JPEG that is painted as it is: no mask, no other encoding, grey or RGB."""
    if document.xref_get_key(xref, "Filter") not in (("name", "/DCTDecode"), ("array", "[/DCTDecode]")):
        return False
    if any(document.xref_get_key(xref, key)[0] != "null" for key in ("Decode", "Mask", "SMask", "ImageMask", "OC")):
        return False
    value_type, space = document.xref_get_key(xref, "ColorSpace")
    if value_type == "xref":
        space = document.xref_object(int(space.split()[0]), compressed=True)
    return space in ("/DeviceGray", "/DeviceRGB") or space.startswith(("[/ICCBased", "[/CalRGB", "[/CalGray"))


def _turn(page: "pymupdf.Page") -> int | None:
    """Return the degrees by which the page turns its image clockwise; None when mirrored or not covering the page."""
    (info,) = page.get_image_info()
    area = page.rect * page.derotation_matrix
    edges = zip(info["bbox"], (area.x0, area.y0, area.x1, area.y1), strict=True)
    margin = _TOLERANCE * min(area.width, area.height)
    if area.is_empty or any(abs(edge - page_edge) > margin for edge, page_edge in edges):
        return None
    a, b, c, d = (0 if abs(value) < 1 else 1 if value > 0 else -1 for value in info["transform"][:4])
    turn = _TURNS.get((a, b, c, d))
    return None if turn is None else (turn + page.rotation) % 360


def _fits(jpeg: bytes, size: tuple[int, int], page: "pymupdf.Page", turn: int) -> bool:
    """Return whether the JPEG has the PDF's stated size, the page's proportions, is grey or RGB and not too large."""
    from PIL import Image

    if jpeg.rfind(_END_OF_IMAGE) < jpeg.rfind(_START_OF_SCAN):  # cut off: MuPDF draws it, and warns
        return False
    try:
        with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as image:
            if image.size != size or image.mode not in ("L", "RGB") or size[0] * size[1] > MAX_PIXELS:
                return False
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return False
    width, height = size[::-1] if turn % 180 else size
    return bool(abs(width / height * page.rect.height / page.rect.width - 1) <= _TOLERANCE)
