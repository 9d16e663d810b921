"""Convert places and sizes on a page that is rotated by quarter turns."""

from shared.domain.reading.page import Box


def turn_size(width: float, height: float, turns: int) -> tuple[float, float]:
    """Return the width and height of a page after quarter `turns`."""
    return (height, width) if turns % 2 else (width, height)


def turn_box(box: Box, turns: int, width: float, height: float) -> Box:
    """Return the place of `box` after quarter `turns` anticlockwise of its page, before `width` x `height`."""
    return turn_box_back(box, -turns % 4, *turn_size(width, height, turns))


def turn_box_back(box: Box, turns: int, width: float, height: float) -> Box:
    """Return the place of `box` before quarter `turns` anticlockwise of its page, then `width` x `height`."""
    x0, y0, x1, y1 = box
    match turns:
        case 1:
            return (width - y1, x0, width - y0, x1)
        case 2:
            return (width - x1, height - y1, width - x0, height - y0)
        case 3:
            return (y0, height - x1, y1, height - x0)
        case _:
            return box
