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

    kind: str
    raw: bytes
    end: int
    value: str = ""
    number: int | None = None


def read_tokens(data: bytes) -> Iterator[Token]:
    """Yield the tokens of the bytes; the binary data that a `bin` word announces is one token."""
    at = 0
    while found := _TOKEN.match(data, at):
        at = found.end()
        kind = found.lastgroup or ""
        if kind == "number":
            kind = "word"
        if kind != "word":
            yield Token(kind, found[0], at, found[kind].decode("latin-1"))
            continue
        number = int(found["number"]) if found["number"] else None
        word = found["word"].decode("ascii")
        if word == "bin" and number:
            binary = data[at : at + max(number, 0)]
            at += len(binary)
            yield Token("binary", binary, at)
        else:
            yield Token("word", found[0], at, word, number)
