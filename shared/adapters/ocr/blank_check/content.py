"""Tell whether a picture may hold text: the side that runs in a child, because it decodes a picture.

A picture holds no text when all its ink is rules, the sides of boxes, filled bars and specks. Anything else may be
text, however faint or small: only a picture on which nothing can be read is spared OCR.
"""

from typing import TYPE_CHECKING, Any

from shared.adapters.ocr.blank_check.pieces import Piece, sort_pieces

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Grey = NDArray[np.uint8]

STROKE = 31
"""Pixels; what is narrower stands out from its ground as ink."""
REDUCTION = 4
"""Strokes of huge letters are looked for in a picture that is smaller by this factor."""
FINE = 9
"""Pixels; what is narrower is left out of that smaller picture: it was looked at in full size."""
MIN_CONTRAST = 5
"""Grey levels (of 255) between the faintest text and its ground, on a picture without grain."""
GRAIN_FACTOR = 10.0
"""Ink differs from the lightest ground around it by this many times the grain, which the ground itself hardly does."""
ECHO_SHARE, ECHO_REACH = 0.25, 11
"""JPEG blurs what surrounds ink: within so many pixels, other ink must have this share of its contrast."""
EDGE_BLUR = 4
"""Pixels at the edge of a bar in which it blends with its ground."""
MIN_PRINT = 12
"""Grey levels by which print on a bar differs from it."""


def may_hold_text(data: bytes) -> bool:
    """Return whether OCR may find text in an encoded picture; True for one that cannot be decoded: OCR says why."""
    import cv2
    import numpy as np

    encoded = np.frombuffer(data, np.uint8)
    grey: Any = cv2.imdecode(encoded, cv2.IMREAD_GRAYSCALE)
    return grey is None or _has_letters(grey) or _has_letters(_without_fine_ink(grey))


def _has_letters(grey: "Grey") -> bool:
    """Return whether dark ink on light ground, or light on dark, has pieces that may be letters."""
    import cv2
    import numpy as np

    smooth: Any = cv2.GaussianBlur(grey, (3, 3), 0)
    least = max(MIN_CONTRAST, GRAIN_FACTOR * _grain(smooth))
    kernel = np.ones((STROKE, STROKE), np.uint8)
    ground: Any = cv2.morphologyEx(smooth, cv2.MORPH_CLOSE, kernel)
    dark = sort_pieces(_ink(ground - smooth, least))
    if dark.has_letters or any(_has_print(smooth, bar, least) for bar in dark.bars):
        return True
    # Between the rules of a table its light cells would stand out: the rules are taken off first.
    unruled: Any = np.where(dark.frames > 0, ground, smooth)
    light: Any = cv2.morphologyEx(unruled, cv2.MORPH_TOPHAT, kernel)
    return sort_pieces(_ink(light, least)).has_letters


def _has_print(smooth: "Grey", bar: Piece, least: float) -> bool:
    """Return whether a filled bar is not of one colour inside its edges."""
    top, left = bar.y + EDGE_BLUR, bar.x + EDGE_BLUR
    inside = smooth[top : bar.y + bar.height - EDGE_BLUR, left : bar.x + bar.width - EDGE_BLUR]
    return bool(inside.size) and int(inside.max()) - int(inside.min()) >= max(2 * least, MIN_PRINT)


def _without_fine_ink(grey: "Grey") -> "Grey":
    import cv2
    import numpy as np

    kernel = np.ones((FINE, FINE), np.uint8)
    coarse = cv2.morphologyEx(cv2.morphologyEx(grey, cv2.MORPH_CLOSE, kernel), cv2.MORPH_OPEN, kernel)
    size = (max(1, grey.shape[1] // REDUCTION), max(1, grey.shape[0] // REDUCTION))
    return cv2.resize(coarse, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)


def _grain(smooth: "Grey") -> float:
    """Return the standard deviation of the grain of the ground, by the median of local differences."""
    import cv2
    import numpy as np

    return 1.4826 * float(np.median(cv2.absdiff(smooth, cv2.GaussianBlur(smooth, (0, 0), 2.0))))


def _ink(contrast: "Grey", least: float) -> "Grey":
    """Return a mask of what differs from its ground by `least` grey levels, by more beside stronger ink."""
    import cv2
    import numpy as np

    kernel = np.ones((2 * ECHO_REACH + 1, 2 * ECHO_REACH + 1), np.uint8)
    echoes = ECHO_SHARE * cv2.dilate(contrast, kernel).astype(np.float32)
    return np.asarray(contrast >= np.maximum(echoes, least), np.uint8)
