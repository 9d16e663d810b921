"""Signs of fonts that hold pictures instead of letters (Wingdings, Symbol): what a person sees of a code."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

PRIVATE_USE = 0xF000
"""Office programs write the codes of such fonts also as letters from here on."""
TICKED, EMPTY = "☒", "☐"

_WINGDINGS = {
    **dict.fromkeys((0x78, 0xFD), "☒"),
    0xFE: "☑",
    **dict.fromkeys((0x6F, 0x70, 0x71, 0x72, 0xA8), "☐"),
    **dict.fromkeys((0x6E, 0xA7), "■"),
    0xFC: "✓",
    0xFB: "✗",
    **dict.fromkeys((0x6C, 0x9F), "●"),
    **dict.fromkeys((0x6D, 0xA1, 0xA2), "○"),
    0xA4: "◉",
    **dict.fromkeys((0xD8, 0xE0, 0xE8, 0xF0), "→"),
    0xDF: "←",
    0x2A: "✉",
    0x28: "☎",
    0x76: "❖",
    **{0x8B + digit: str(digit) for digit in range(11)},
    **{0x80 + digit: str(digit) for digit in range(11)},
}
_WINGDINGS_2 = {
    0x50: "✓",
    0x4F: "✗",
    **dict.fromkeys((0x51, 0x53, 0x54), "☒"),
    0x52: "☑",
    0xA3: "☐",
    0x97: "●",
    **{0x69 + digit: str(digit) for digit in range(11)},
}
_WEBDINGS = {0x61: "✓", 0x63: "☐", 0x67: "■", 0x72: "✗", 0x6E: "●"}
_GREEK = "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ"
_SYMBOL = {
    **{0x41 + index: letter for index, letter in enumerate(_GREEK)},
    **{0x61 + index: letter for index, letter in enumerate("αβχδεφγηιϕκλμνοπθρστυϖωξψζ")},
    0x27: "∋",
    0xA0: "€",
    0xA3: "≤",
    0xB0: "°",
    0xB1: "±",
    0xB3: "≥",
    0xB4: "×",
    0xB7: "•",
    0xB8: "÷",
    0xB9: "≠",
    0xBB: "≈",
    0xD0: "∠",
    0xD6: "√",
    0xDE: "⇒",
    0xAE: "→",
    0xAC: "←",
    0xE5: "∑",
    **dict.fromkeys((0xD2, 0xE2), "®"),
    **dict.fromkeys((0xD3, 0xE3), "©"),
    **dict.fromkeys((0xD4, 0xE4), "™"),
}
_FONTS: Final[Mapping[str, Mapping[int, str]]] = MappingProxyType(
    {"wingdings": _WINGDINGS, "wingdings 2": _WINGDINGS_2, "webdings": _WEBDINGS, "symbol": _SYMBOL}
)
_ALSO_LETTERS = frozenset({"symbol"})
"""Of these fonts the codes that are not listed are digits and signs of ASCII."""
UNKNOWN = "\ufffd"


def is_symbol_font(font: str) -> bool:
    """Return whether a font holds signs instead of letters."""
    return font.strip().lower() in _FONTS


def read_symbols(text: str, font: str) -> str:
    """Return the text as a person sees it in the font: as it is in fonts of letters, U+FFFD for an unknown sign.

    Codes may be written as such or in the private area from U+F000.
    """
    name = font.strip().lower()
    signs = _FONTS.get(name)
    if signs is None:
        return text
    return "".join(_read_symbol(letter, signs, keeps_letters=name in _ALSO_LETTERS) for letter in text)


def _read_symbol(letter: str, signs: Mapping[int, str], *, keeps_letters: bool) -> str:
    code = ord(letter)
    if letter.isspace():
        return letter
    if PRIVATE_USE <= code <= PRIVATE_USE + 0xFF:
        code -= PRIVATE_USE
    if code > 0xFF:  # noqa: PLR2004 - a letter of another font stands in for what this one lacks
        return letter
    return signs.get(code, chr(code) if keeps_letters and code < 0x80 else UNKNOWN)  # noqa: PLR2004 - ASCII
