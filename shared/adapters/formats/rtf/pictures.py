"""The picture of a group of RTF."""

from shared.adapters.formats.rtf.tokens import read_tokens
from shared.domain.content.blocks import Picture

TWIPS = 20
"""Twentieths of a point."""
_SHOWN = frozenset({"pngblip", "jpegblip"})


def read_picture(group: bytes) -> Picture:
    """Return the picture of a `pict` group, from its first token to the brace that ends it.

    It is without data when its format cannot be shown, or its digits are damaged.
    """
    depth, digits, binary, is_shown = 0, list[bytes](), b"", False
    goals = {"picwgoal": 0.0, "pichgoal": 0.0}
    for token in read_tokens(group):
        if token.category == "brace":
            depth += 1 if token.value == "{" else -1
        elif depth:
            continue
        elif token.category == "binary":
            binary = token.raw
        elif token.category == "text":
            digits.append(token.raw)
        elif token.value in goals:
            goals[token.value] = (token.number or 0) / TWIPS
        elif token.value in _SHOWN:
            is_shown = True
    data = (binary or _decode(b"".join(b"".join(digits).split()))) if is_shown else b""
    return Picture(data, goals["picwgoal"], goals["pichgoal"])


def _decode(digits: bytes) -> bytes:
    try:
        return bytes.fromhex(digits.decode("ascii"))
    except ValueError:
        return b""
