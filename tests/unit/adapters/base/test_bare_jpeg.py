"""A JPEG that is passed on holds nothing but what it shows."""

import io

import pytest
from PIL import Image, ImageDraw
from PIL.PngImagePlugin import PngInfo

from shared.adapters.base.jpeg import as_jpeg, encode_jpeg, strip_metadata

SECRET = "said beside the picture"


def _coded(mode: str = "RGB", **options: object) -> bytes:
    """A picture with everything beside its pixels that a JPEG can carry."""
    image = Image.new(mode, (90, 60), "white")
    ImageDraw.Draw(image).text((5, 5), "Total 3.50", fill="black")
    exif = Image.Exif()
    exif[0x010E] = SECRET
    target = io.BytesIO()
    image.save(
        target, "JPEG", exif=exif, comment=SECRET.encode(), xmp=SECRET.encode(), icc_profile=SECRET.encode(), **options
    )
    return target.getvalue() + SECRET.encode()


@pytest.mark.parametrize(
    ("mode", "options"),
    [("RGB", {}), ("L", {}), ("CMYK", {}), ("RGB", {"progressive": True}), ("RGB", {"restart_marker_blocks": 2})],
)
def test_the_pixels_stay_and_everything_beside_them_goes(mode: str, options: dict[str, object]) -> None:
    """Baseline, progressive, with restarts, grey and for print: decoded, not one pixel differs."""
    data = _coded(mode, **options)
    stripped = strip_metadata(data)
    assert stripped is not None
    assert data.count(SECRET.encode()) >= 5
    assert 0 == stripped.count(SECRET.encode())
    with Image.open(io.BytesIO(data)) as before, Image.open(io.BytesIO(stripped)) as after:
        assert (before.mode, before.size, before.tobytes()) == (after.mode, after.size, after.tobytes())


@pytest.mark.parametrize("cut", [0, 1, 2, 3, 20, 300, -40])
def test_a_jpeg_that_ends_too_early_is_none(cut: int) -> None:
    """Whoever asked decodes it and encodes it anew, or says that it is damaged."""
    assert None is strip_metadata(_coded()[: -len(SECRET)][:cut])


def test_what_is_no_jpeg_is_none() -> None:
    """Nor are bytes between segments, which no decoder would need."""
    data = _coded()
    assert [None, None] == [strip_metadata(b"\x89PNG\r\n"), strip_metadata(data[:2] + b"between" + data[2:])]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF"])
@pytest.mark.parametrize("size", [len(SECRET), 70_000])
def test_a_picture_that_is_coded_anew_carries_no_comment_on(kind: str, size: int) -> None:
    """Nor does one that is longer than a segment of a JPEG keep the picture from being read."""
    comment = (SECRET * size)[:size]
    target = io.BytesIO()
    text = PngInfo()
    text.add_text("comment", comment)
    options = {"pnginfo": text} if kind == "PNG" else {"comment": comment[:65_000].encode()}
    Image.new("RGB", (90, 60), "white").save(target, kind, **options)
    with Image.open(io.BytesIO(target.getvalue())) as image:
        picture = image.convert("RGB")
        picture.info["comment"] = image.info["comment"]
    for made in (as_jpeg(picture, 75), encode_jpeg(picture, 75)):
        assert 0 == made.data.count(SECRET.encode())
