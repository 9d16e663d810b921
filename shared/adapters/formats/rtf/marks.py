"""Marks that are put into the RTF where striprtf would lose what a token means: letters that no text may hold.

Unicode keeps U+FDD0 to U+FDEF for such use inside a program.
"""

STRUCK, HIDDEN, END = "\ufdd0", "\ufdd1", "\ufdd2"
"""Begin and end of text that is struck through or not shown."""
ROW, CELL, ROW_END = "\ufdd3", "\ufdd4", "\ufdd5"
INNER_ROW, INNER_CELL, INNER_ROW_END = "\ufdd6", "\ufdd7", "\ufdd8"
"""The same in a table that stands in a cell."""
INSERTION = "\ufdd9"
"""Here stands a picture, a text box, a note: the next one of the story's insertions."""
LINE, PAGE = "\ufdda", "\ufddb"
STRUCTURE = frozenset({ROW, CELL, ROW_END, INNER_ROW, INNER_CELL, INNER_ROW_END, LINE, PAGE})


def write_letters(text: str) -> bytes:
    """Return RTF for letters, each in its halves of 16 bits; in a group, so that it changes nothing around."""
    halves = text.encode("utf-16-le")
    codes = (int.from_bytes(halves[at : at + 2], "little", signed=True) for at in range(0, len(halves), 2))
    written = b"".join(b"\\u%d " % code for code in codes)
    return b"{\\uc0" + written + b"}" if written else b""
