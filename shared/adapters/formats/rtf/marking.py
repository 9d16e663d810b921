"""Go through the tokens of an RTF file: takes its stories apart, and marks what striprtf does not tell."""

from collections.abc import Callable

from shared.adapters.formats.rtf import marks
from shared.adapters.formats.rtf.fields import Field
from shared.adapters.formats.rtf.fonts import FontTable
from shared.adapters.formats.rtf.groups import Group
from shared.adapters.formats.rtf.marks import write_letters
from shared.adapters.formats.rtf.pictures import read_picture
from shared.adapters.formats.rtf.stories import DESTINATIONS, Insertion, Story, StoryKind, StoryWriter
from shared.adapters.formats.rtf.tokens import Token, read_tokens
from shared.domain.content.blocks import NotRead
from shared.domain.content.symbol_fonts import is_symbol_font, read_symbols

_COPIES = frozenset({"nonshppict", "listpicture", "shprslt"})
"""Groups that repeat their neighbours for older programs, or hold bullets."""
_COLLECTED = frozenset({"fldinst", "ffl", "atnauthor", "sn", "sv"})
_ENCODINGS = {"mac": "mac_roman", "pc": "cp437", "pca": "cp850"}
_SIGNS = frozenset(
    {"tab", "emdash", "endash", "emspace", "enspace", "qmspace", "bullet", "lquote", "rquote", "ldblquote", "rdblquote"}
)
_APART = (StoryKind.HEADER, StoryKind.FOOTER)


class RtfMarker:
    """Marks one file. `body` and `apart` (headers and footers) are its stories.

    `skipped_words` are the destinations whose text striprtf leaves out.
    """

    def __init__(self, data: bytes, skipped_words: frozenset[str]) -> None:
        self.body = Story(StoryKind.BODY)
        self.apart: list[Story] = []
        self.encoding = "cp1252"
        self.is_complete = False
        self._data = data
        self._skipped_words = skipped_words
        self._fonts = FontTable()
        self._default_font: int | None = None
        self._code_page = b""
        self._groups = [Group()]
        self._writers = [StoryWriter(self.body)]
        self._fields: list[Field] = []
        self._pending: list[Insertion | str] = []
        self._collected: dict[str, bytes] = {}
        self._skip, self._keeps_skipped = 0, True
        self._shown = 0

    @property
    def prefix(self) -> bytes:
        """The RTF before a story that stands apart: how its letters are encoded."""
        return b"{\\rtf1\\ansi" + self._code_page + self._fonts.rtf

    def run(self) -> None:
        """Go through all tokens, up to the brace that ends the file."""
        take: dict[str, Callable[[Token], None]] = {
            "brace": self._take_brace,
            "word": self._take_word,
            "symbol": self._take_symbol,
            "hex": self._take_letters,
            "text": self._take_letters,
        }
        for token in read_tokens(self._data):
            if token.category in take:
                take[token.category](token)
            if token.category == "brace" and len(self._groups) == 1:
                self.is_complete = True
                return
        while len(self._groups) > 1:
            self._end_group(len(self._data))

    @property
    def _group(self) -> Group:
        return self._groups[-1]

    @property
    def _writer(self) -> StoryWriter:
        return self._writers[-1]

    def _take_brace(self, token: Token) -> None:
        self._skip = 0
        if token.value == "{":
            self._group.is_new = False
            self._groups.append(self._group.begin_inside(token.end))
            self._write(b"{")
        elif len(self._groups) > 1:
            self._end_group(token.end - 1)

    def _end_group(self, end: int) -> None:
        """End the group whose brace stands at `end`, and what began with it."""
        group = self._groups.pop()
        content = self._data[group.start : end]
        if group.field is not None:
            self._end_field(group.field)
        if group.story is not None:
            self._end_story(group.story)
        if group.has_picture and not group.is_copy:
            picture = read_picture(content)
            self._shown += bool(picture.data)
            self._pending.append(picture)
        if group.has_fonts:
            self._fonts = FontTable(content)
        if group.collects_itself:
            self._end_collecting(group.collects)
        if group.shown_before == self._shown:
            self._pending.append(NotRead("embedded_object"))
        if not self._group.in_picture:
            self._writer.write(b"}")
        if not self._group.is_skipped:
            self._flush()

    def _take_word(self, token: Token) -> None:
        self._skip = 0
        group = self._group
        if group.in_picture:
            return
        if group.is_new and token.value in DESTINATIONS and not group.is_copy:
            self._begin_story(DESTINATIONS[token.value])
            return
        group.is_new = False
        self._enter(token, group)
        group.set_look(token.value, token.number, self._default_font)
        if group.collects and token.value == "u":
            self._collected[group.collects] += token.raw
        if group.is_skipped:
            if token.value == "nestrow":
                self._pending.append(marks.INNER_ROW_END)
            self._write(token.raw)
        elif token.value == "u" and token.number is not None:
            self._take_unicode(token, token.number & 0xFFFF)
        elif token.value in _SIGNS:
            self._begin_text()
            self._write(token.raw)
        elif not self._writer.take_structure(token.value, token.number):
            self._write(token.raw)

    def _enter(self, token: Token, group: Group) -> None:
        """Take what a control word says about its group."""
        word = token.value
        group.is_skipped = group.is_skipped or word in self._skipped_words
        group.is_copy = group.is_copy or word in _COPIES
        if word in _COLLECTED:
            group.collects, group.collects_itself = word, True
            self._collected[word] = b""
        match word:
            case "pict":
                group.has_picture = group.in_picture = True
                group.start = token.end
            case "field":
                group.field = Field()
                self._fields.append(group.field)
            case "fldrslt":
                group.in_result = True
            case "formfield":
                group.collects = ""
            case "object":
                group.shown_before = self._shown
            case "subdocument":
                self._pending.append(NotRead("linked_part"))
            case "fonttbl":
                group.has_fonts = True
            case _:
                self._set_up(token)

    def _set_up(self, token: Token) -> None:
        """Take what a control word says about the file, or about a form field."""
        word = token.value
        match word:
            case "deff":
                self._default_font = token.number
            case "ansicpg":
                self._code_page = token.raw
            case "mac" | "pc" | "pca":
                self.encoding = _ENCODINGS[word]
            case "fftype" | "ffres" | "ffdefres" if self._fields:
                self._fields[-1].set_number(word, token.number)

    def _take_symbol(self, token: Token) -> None:
        self._skip = 0
        if token.value == "*":
            self._group.is_skipped = True
        elif token.value in "\r\n":
            self._writer.end_span()
        elif not self._group.is_skipped and not self._group.in_picture:
            self._begin_text()
        self._write(token.raw)

    def _take_unicode(self, token: Token, code: int) -> None:
        self._begin_text()
        font = self._fonts.find_name(self._group.font)
        self._keeps_skipped = not is_symbol_font(font)
        self._write(token.raw if self._keeps_skipped else write_letters(read_symbols(chr(code), font)))
        self._skip = self._group.skip_after_unicode

    def _take_letters(self, token: Token) -> None:
        group = self._group
        group.is_new = False
        if group.in_picture:
            return
        if group.collects:
            self._collected[group.collects] += token.raw
        if group.is_skipped:
            self._write(token.raw)
            return
        size = 1 if token.category == "hex" else len(token.raw)
        skipped = min(self._skip, size)
        self._skip -= skipped
        if skipped and self._keeps_skipped:
            self._write(token.raw if token.category == "hex" else token.raw[:skipped])
        if skipped == size:
            return
        letters = token.raw if token.category == "hex" else token.raw[skipped:]
        if letters.strip():
            self._begin_text()
        font = self._fonts.find_name(group.font)
        if is_symbol_font(font):
            plain = bytes.fromhex(token.value) if token.category == "hex" else letters
            letters = write_letters(read_symbols(plain.decode("latin-1"), font))
        self._write(letters)

    def _begin_text(self) -> None:
        """Make ready for letters: what is due before them, their row, how they look."""
        self._flush()
        self._writer.begin_text(self._group.span)
        self._shown += 1
        if self._group.in_result and self._fields:
            self._fields[-1].has_result = True

    def _begin_story(self, kind: StoryKind) -> None:
        group = self._group
        group.is_new, group.is_skipped, group.collects = False, False, ""
        author = self._collected.pop("atnauthor", b"").decode("latin-1") if kind is StoryKind.COMMENT else ""
        group.story = Story(kind, author)
        self._writer.end_span()
        self._writers.append(StoryWriter(group.story))
        if group.font is not None:
            self._write(b"\\f%d " % group.font)
        self._write(b"\\uc%d " % group.skip_after_unicode)

    def _end_story(self, story: Story) -> None:
        self._writers.pop().end_span()
        if story.kind in _APART:
            self.apart.append(story)
        else:
            self._pending.append(story)

    def _end_field(self, field: Field) -> None:
        self._fields.remove(field)
        if drawn := field.draw():
            self._pending.append(drawn)
        elif missing := field.explain_missing():
            self._pending.append(NotRead(missing))

    def _end_collecting(self, word: str) -> None:
        raw = self._collected[word]
        if word == "fldinst" and self._fields:
            self._fields[-1].instruction = raw.decode("latin-1")
        elif word == "ffl" and self._fields:
            self._fields[-1].entries.append(raw.decode("latin-1"))
        elif word == "sv" and self._collected.get("sn", b"").strip() == b"gtextUNICODE":
            self._shown += 1
            self._pending.append(Story(StoryKind.BOX, rtf=[raw]))

    def _flush(self) -> None:
        """Write what is due, once the text is not left out."""
        pending, self._pending = self._pending, []
        for item in pending:
            self._writer.insert(item, self._group.span)

    def _write(self, rtf: bytes) -> None:
        if not self._group.in_picture:
            self._writer.write(rtf)
