"""One sign for signs that mean the same, character by character, so that places in a text stay true."""

import unicodedata
from functools import lru_cache

_SAME = {
    "，": ",", "．": ".", "٫": ".", "٬": ",", "％": "%", "﹪": "%", "（": "(", "）": ")", "／": "/", "：": ":",
    "−": "-", "﹣": "-", "－": "-", "‐": "-", "‑": "-", "˗": "-", "➖": "-", "＋": "+", "＄": "$", "￡": "£", "￥": "¥",
    "’": "'", "‘": "'", "´": "'", "`": "'", "＇": "'", "\t": " ",
}  # fmt: skip


def to_plain_signs(text: str) -> str:
    """Return a text of the same length with ASCII digits, minus signs, separators and brackets."""
    return text if text.isascii() else "".join(map(_to_plain, text))


@lru_cache(maxsize=8192)
def _to_plain(character: str) -> str:
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    return _SAME.get(character, character)
