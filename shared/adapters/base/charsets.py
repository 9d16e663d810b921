"""Decode text by the rules of the WHATWG Encoding standard, and guess the encoding of text that does not name it."""

import codecs
import re
import unicodedata
from typing import NamedTuple

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WIDE = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
_WESTERN = "windows-1252"
_ALTERNATIVES = (_WESTERN, "mac-roman", "cp850", "cp437", "cp1251", "cp1253")
"""What text may be that the detector takes for an encoding of Latin letters: the web has no DOS and Mac files, and of a
single Cyrillic or Greek word the detector says windows-1252."""
_SECOND_CODECS = {"euc-jp": "euc_jis_2004", "iso-2022-jp": "iso2022_jp_ext"}
"""Supersets of Python's codecs, which lack rows that the WHATWG encodings of these names have."""
_ISO_2022_JP = re.compile(rb"\x1b(?:\$[@B]|\([BJI])")
_NOT_CHARACTER_SETS = frozenset(
    {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "mbcs", "oem", "undefined"}
)
_XML_ENCODING = re.compile(rb"""<\?xml\s[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})["']""")
_SAMPLE = 4 << 20
_UNDEFINED_IN_CP1252 = "windows-1252-undefined"
_ACCENTED = frozenset(chr(code) for code in range(0xC0, 0x250))
"""Latin letters beyond ASCII; a word has some of them, not only them."""
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
_ASCII_PAIR = re.compile(rb"[ -~]{2}")
MAX_ASCII_PAIRS = 0.6
"""UTF-16 of Chinese or Japanese text may look like pairs of ASCII letters, but not in more than this share."""
_WORD = re.compile(r"[^\W\d_]{3,}")
_WITHIN_WORDS = frozenset("'’‘‐‑–—·­/&@")
"""Signs that stand between letters in sound text."""


class DecodedText(NamedTuple):
    """A text; `doubtful`: bytes did not fit its encoding, or the encoding was guessed and the text looks wrong."""

    text: str
    doubtful: bool = False


def find_codec(label: str) -> str | None:
    """Return Python's codec for an encoding label: the WHATWG table first, then Python's own names; None if unknown."""
    import webencodings

    encoding = webencodings.lookup(label)
    if encoding is not None and encoding.name not in ("replacement", "x-user-defined"):
        return "gb18030" if encoding.name == "gbk" else encoding.codec_info.name
    try:
        codec = codecs.lookup(label)
    except (LookupError, ValueError):  # a label with a NUL raises ValueError
        return None
    is_text = codec._is_text_encoding  # noqa: SLF001 - the only way to tell base64 from a character set
    return codec.name if is_text and codec.name.replace("-", "_") not in _NOT_CHARACTER_SETS else None


def recode_xml(data: bytes) -> tuple[bytes, bool]:
    """Return XML in an encoding that libxml2 reads as browsers do, and whether that is UTF-8 whatever it declares.

    XML that declares ISO-8859-1 is windows-1252 to every browser, and one that says Shift_JIS is cp932. XML whose bytes
    do not fit its encoding is left as it is: a parser refuses it.
    """
    declared = _XML_ENCODING.match(data)
    codec = find_codec(declared[1].decode("ascii")) if declared else None
    if codec is None or codec.startswith("utf"):
        return data, False
    text, doubtful = decode_text(data, codec)
    return (data, False) if doubtful else (text.encode(), True)


def decode_text(data: bytes, label: str = "") -> DecodedText:
    """Decode by the byte order mark, by `label` where the bytes fit it, else by what the bytes look like."""
    for mark, codec in _BOMS:
        if data.startswith(mark):
            return _decode_with(data[len(mark) :], codec)
    codec_named = find_codec(label) if label else None
    if codec_named is None:
        return _guess(data)
    if codec_named in ("utf-8", "utf-16-le", "utf-16-be", "utf-16", "ascii"):
        return _guess(data)  # wrong often; the bytes tell these apart
    if not data.isascii() and _is_single_byte(codec_named) and (text := _decode_strictly(data, "utf-8")) is not None:
        return DecodedText(text)
    text = _decode_strictly(data, codec_named)
    if text is None and (second := _SECOND_CODECS.get(label.strip().lower())):
        text = _decode_strictly(data, second)
    return _decode_with(data, codec_named) if text is None else DecodedText(text)


def _guess(data: bytes) -> DecodedText:
    if b"\0" in data and (wide := _decode_wide(data)) is not None:
        return DecodedText(wide)
    if (text := _decode_strictly(data, "utf-8")) is not None:
        if _ISO_2022_JP.search(data) and (japanese := _decode_strictly(data, "iso2022_jp_ext")) is not None:
            return DecodedText(japanese)
        return DecodedText(text)
    if (text := _decode_mixed(data)) is not None:
        return DecodedText(text, doubtful=True)
    from chardetng_py import detect

    detected = find_codec(detect(data[:_SAMPLE], allow_utf8=False)) or _WESTERN
    if not _is_latin(detected):
        return _decode_with(data, detected)
    return _choose_alternative(data, detected)


def _choose_alternative(data: bytes, codec: str) -> DecodedText:
    """Decode with the detected `codec`, or with the first alternative that gives sound text when it does not."""
    for candidate in dict.fromkeys((codec, *_ALTERNATIVES)):
        text = _decode_with(data, candidate).text
        if not _count_oddities(text):
            return DecodedText(text, doubtful=candidate in ("cp1251", "cp1253"))
    return DecodedText(_decode_with(data, codec).text, doubtful=True)


def _decode_strictly(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except (UnicodeError, LookupError):
        return None


def _decode_with(data: bytes, codec: str) -> DecodedText:
    """Decode with a codec; bytes that it has no letter for become U+FFFD, and make the text doubtful."""
    text = data.decode(codec, errors="replace")
    return DecodedText(text, doubtful="\ufffd" in text and "\ufffd".encode() not in data)


def _decode_wide(data: bytes) -> str | None:
    """Decode UTF-16 or UTF-32 without a byte order mark; None when no form gives sound text."""
    if len(_ASCII_PAIR.findall(data[:_SAMPLE])) > MAX_ASCII_PAIRS * len(data[:_SAMPLE]) / 2:
        return None
    for codec in reversed(_WIDE):
        text = _decode_strictly(data[: len(data) // 4 * 4] if "32" in codec else data[: len(data) // 2 * 2], codec)
        if text and not any(_is_no_letter(sign) for sign in text) and any(sign.isascii() for sign in text):
            return text
    return None


def _decode_mixed(data: bytes) -> str | None:
    """Decode UTF-8 with some bytes of windows-1252 in it; None when most bytes beyond ASCII are no UTF-8."""
    damaged = 0

    def decode_singly(error: UnicodeError) -> tuple[str, int]:
        nonlocal damaged
        if not isinstance(error, UnicodeDecodeError):
            raise error
        bad = error.object[error.start : error.end]
        damaged += len(bad)
        return bad.decode(_WESTERN, errors="replace"), error.end

    codecs.register_error(_UNDEFINED_IN_CP1252, decode_singly)
    text = data.decode("utf-8", errors=_UNDEFINED_IN_CP1252)
    letters = len(_BEYOND_ASCII.findall(text)) - damaged
    return text if letters >= damaged else None


def _is_single_byte(codec: str) -> bool:
    return _is_latin(codec) or codec.startswith(("cp125", "cp8", "iso8859", "koi8", "mac"))


def _is_latin(codec: str) -> bool:
    return codec in ("cp1250", "cp1252", "cp1254", "cp1257", "cp1258", "iso8859-2", "iso8859-4", "iso8859-13", _WESTERN)


def _is_no_letter(sign: str) -> bool:
    return unicodedata.category(sign) in ("Cc", "Cn", "Co", "Cs") and sign not in "\t\n\r\f"


def _count_oddities(text: str) -> int:
    """Count what sound text in Latin letters does not have: a wrong encoding shows in it."""
    sample = f" {text[:_SAMPLE]} "
    places = (place.start() for place in _BEYOND_ASCII.finditer(sample))
    odd = sum(1 for place in places if _is_odd(sample[place - 1], sample[place], sample[place + 1]))
    return odd + sum(1 for word in _WORD.findall(sample) if all(sign in _ACCENTED for sign in word))


def _is_odd(before: str, sign: str, after: str) -> bool:
    """Return whether a sign is none of text, stands within a word, is a capital within one, or a letter at a digit."""
    if _is_no_letter(sign) or sign == "\ufffd" or "\u2500" <= sign <= "\u259f":  # among them lines and blocks
        return True
    if not sign.isalpha():
        return before.isalpha() and after.isalpha() and sign not in _WITHIN_WORDS
    if sign.isupper() and before.islower():
        return True
    if sign not in _ACCENTED and any(beside.isascii() and beside.isalpha() for beside in (before, after)):
        return sign not in "ªºµ\ufb01\ufb02"
    return sign not in "ªºµ" and (before.isdigit() or after.isdigit()) and not (before.isalpha() or after.isalpha())
