"""Where things lie after quarter turns of what they lie on."""

from shared.domain.reading.page import Box


def turned_size(width: float, height: float, turns: int) -> tuple[float, float]:
    """Return the width and height of a sheet after quarter `turns`."""
    return (height, width) if turns % 2 else (width, height)


def turned(box: Box, turns: int, width: float, height: float) -> Box:
    """The place of `box` after quarter `turns` anticlockwise of its sheet, which measured `width` x `height` before."""
    return turned_back(box, -turns % 4, *turned_size(width, height, turns))


def turned_back(box: Box, turns: int, width: float, height: float) -> Box:
    """The place of `box` before quarter `turns` anticlockwise of its sheet, which measured `width` x `height` then."""
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
