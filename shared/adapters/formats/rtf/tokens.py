"""The tokens of RTF (Rich Text Format 1.9.1): braces, control words and symbols, letters, binary data."""

import re
from collections.abc import Iterator
from typing import NamedTuple

_TOKEN = re.compile(
    rb"\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,10})?[ ]?"
    rb"|\\'(?P<hex>[0-9a-fA-F]{2})"
    rb"|\\(?P<symbol>[^a-zA-Z])"
    rb"|(?P<brace>[{}])"
    rb"|(?P<feed>[\r\n]+)"
    rb"|(?P<text>[^\\{}\r\n]+)",
    re.DOTALL,
)


class Token(NamedTuple):
    """A token: `kind` is word, hex, symbol, brace, feed, text or binary; `raw` as it stands, `end` where it ends."""

    category: str
    raw: bytes
    end: int
    value: str = ""
    number: int | None = None


def read_tokens(data: bytes) -> Iterator[Token]:
    """Yield the tokens of the bytes; the binary data that a `bin` word announces is one token."""
    at = 0
    while match := _TOKEN.match(data, at):
        at = match.end()
        category = match.lastgroup or ""
        if category == "number":
            category = "word"
        if category != "word":
            yield Token(category, match[0], at, match[category].decode("latin-1"))
            continue
        number = int(match["number"]) if match["number"] else None
        word = match["word"].decode("ascii")
        if word == "bin" and number:
            binary = data[at : at + max(number, 0)]
            at += len(binary)
            yield Token("binary", binary, at)
        else:
            yield Token("word", match[0], at, word, number)
