"""Where the large pictures of a PDF page stand."""

from typing import TYPE_CHECKING

from shared.domain.reading.page import Box, union

if TYPE_CHECKING:
    import pymupdf

MIN_PIXELS = 100_000
"""Pictures that have fewer pixels together hold no text worth reading: 500 x 200 are two inches by three quarters."""
SLACK = 1.0
"""Points; strips of a scan that are no further apart are one picture."""


def picture_areas(page: "pymupdf.Page") -> list[Box]:
    """Boxes of the page's pictures in points of the upright page, cut off at its edges; those that touch are one.

    Where the resources of the page name few pixels (0.2 ms to know), it is not looked at further (1 to 3 ms).
    """
    if sum(image[2] * image[3] for image in page.get_images()) < MIN_PIXELS:
        return []
    areas: list[Box] = []
    for info in page.get_image_info():
        seen = (_rect(info["bbox"]) * page.rotation_matrix) & page.rect
        if not seen.is_empty:
            areas = _joined(areas, (seen.x0, seen.y0, seen.x1, seen.y1))
    return areas


def _rect(box: Box) -> "pymupdf.Rect":
    import pymupdf

    return pymupdf.Rect(box)


def _joined(areas: list[Box], box: Box) -> list[Box]:
    """Return the areas with one more, which swallows those that it touches."""
    apart = []
    for area in areas:
        if _touch(area, box):
            box = union((area, box))
        else:
            apart.append(area)
    return _joined(apart, box) if len(apart) < len(areas) else [*areas, box]


def _touch(one: Box, other: Box) -> bool:
    return (
        one[0] <= other[2] + SLACK
        and other[0] <= one[2] + SLACK
        and one[1] <= other[3] + SLACK
        and other[1] <= one[3] + SLACK
    )
