"""The font table of an RTF file."""

import re

_ASIDE = re.compile(rb"\{\\\*[^{}]*\}")
_FONT = re.compile(rb"\\f(\d+)(?:\\[a-z]+-?\d*[ ]?)*\s*([^;{}\\]+)")


class FontTable:
    """Names of fonts by number, and the RTF of the table."""

    def __init__(self, group: bytes = b"") -> None:
        """`group`: what stands in the braces of the table."""
        self.rtf = b"{" + group + b"}" if group else b""
        self._names = {int(match[1]): match[2].decode("latin-1") for match in _FONT.finditer(_ASIDE.sub(b"", group))}

    def find_name(self, number: int | None) -> str:
        """Return the name of a font; "" when it is not in the table."""
        return self._names.get(number, "") if number is not None else ""
