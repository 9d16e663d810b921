"""What was read off a page: lines of words with their places."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final, Literal, NamedTuple

from shared.domain.base.frozen import Frozen
from shared.domain.base.stored import Stored

Box = tuple[float, float, float, float]
"""x0, y0, x1, y1 in page units (points in a PDF, pixels in an image), upright page, y down."""


TextKind = Literal["text", "form_field"]
"""What a text is: written on the page (text layer or OCR), or what was entered into a field of a form."""


class Word(NamedTuple):
    """A word, its box in page units, and how sure the reading is (1.0 for a text layer, else OCR's 0..1).

    A tuple, because a page has hundreds: to validate, keep and parse them as models costs twice as much.
    """

    text: str
    box: Box
    certainty: float = 1.0


class Line(Stored):
    """A run of words of one kind without a wide gap. `id` (`p3.l12`) is what prompts quote and answers cite."""

    id: str
    words: tuple[Word, ...]
    kind: TextKind = "text"

    @property
    def text(self) -> str:
        """The words joined by single spaces."""
        return " ".join([word.text for word in self.words])

    @property
    def box(self) -> Box:
        """The smallest box around all words, in page units."""
        return union([word.box for word in self.words])


class PageImage(Frozen):
    """An encoded picture of an upright page, ready for a model request. Width and height in pixels."""

    media_type: Literal["image/jpeg", "image/png"]
    data: bytes
    width: int
    height: int


HiddenWhy = Literal["colour", "covered", "invisible", "tiny", "outside", "layer"]
"""Why a person does not see a text: its colour is that of what it stands on, something was drawn over it, it is not
painted at all, it is too small to read, it stands off the page, or its layer is switched off."""


class HiddenText(Stored):
    """Words of the file that the page does not show, with their places: for the reviewer, never for a prompt."""

    why: HiddenWhy
    words: tuple[Word, ...]


UNREAD_PARTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "damaged_content": "a part of its content is damaged, and may be missing",
        "truncated_image": "a picture on it is damaged or ends too early",
        "missing_pages": "pages that the file claims to have after this one, but does not hold",
        "earlier_revision": "an earlier revision of the file, in which its text says something else",
        "false_letters": "text in a font that names other letters than it draws, unless OCR read the page",
        "picture": "a picture in a format that cannot be shown, or of too many pixels",
        "drawing": "a drawing with text",
        "chart": "a chart",
        "embedded_object": "an embedded object",
        "equation": "an equation",
        "form_control": "a control of a form",
        "inserted_document": "a document that is inserted into its text",
        "uncalculated_field": "a field whose value is not stored in the file",
        "linked_part": "a part that is kept in another file",
        "page_header": "a page header or footer",
        "mail_part": "a part of the mail, which the list of its members names",
        "mail_cut_off": "the end of the mail, which is cut off",
        "uncertain_encoding": "letters that do not fit the text's encoding, or whose encoding is uncertain",
        "style_sheet": "a style sheet, which may hide text",
        "formula": "a formula without a stored value",
        "conditional_format": "a conditional format, which may hide text or strike it through",
    }
)
"""What of a page may not have been read, by its code: the end of the sentence "Not read: …"."""


class Page(Stored):
    """One page as it was read. Width and height in page units; `problem` says why it could not be read.

    `source` tells where the lines come from: the text layer, OCR, or (`mixed`) the text layer and OCR of pictures that
    stand on the page. `hidden` is text that nobody sees on the page, `struck` words that are struck through; none of
    them is in `lines`. `unread`: codes (of UNREAD_PARTS) of what on the page was not read.
    """

    number: int
    width: float
    height: float
    unit: Literal["pt", "px"]
    source: Literal["text", "ocr", "mixed", "none"]
    lines: tuple[Line, ...] = ()
    hidden: tuple[HiddenText, ...] = ()
    struck: tuple[Word, ...] = ()
    unread: tuple[str, ...] = ()
    has_image: bool = False
    problem: str | None = None


class Recognised(Stored):
    """What an OCR engine read: lines in reading order, boxes in the pixels of the upright picture.

    `turns` are the quarter turns anticlockwise (0..3) that bring the picture given upright.
    """

    lines: tuple[Line, ...] = ()
    turns: int = 0


def union(boxes: Sequence[Box]) -> Box:
    """Return the smallest box around `boxes` (at least one)."""
    if len(boxes) == 1:
        return boxes[0]
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return (min(lefts), min(tops), max(rights), max(bottoms))


def line_id(page: int, index: int) -> str:
    """Return the id of the `index`-th line (from 1) of `page` (from 1)."""
    return f"p{page}.l{index}"


def line_place(name: str) -> tuple[int, int]:
    """Return the page and the index of the line with this id: the order of reading."""
    page, _, index = name.removeprefix("p").partition(".l")
    return int(page), int(index)


class Span(NamedTuple):
    """Lines `first` to `last` of a page, both included, in reading order, all counted from 1."""

    page: int
    first: int
    last: int

    @property
    def ends(self) -> tuple[str, str]:
        """The ids of its first and its last line."""
        return line_id(self.page, self.first), line_id(self.page, self.last)

    def holds(self, name: str) -> bool:
        """Return whether the line with this id is one of them."""
        page, index = line_place(name)
        return page == self.page and self.first <= index <= self.last
