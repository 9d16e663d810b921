"""RTF: tables as they stand, what is struck or hidden, fields and signs, stories beside the text."""

from pathlib import Path

import pytest

from shared.adapters.formats.rtf import parse_rtf
from shared.domain.content.blocks import Block, Concealed, NotRead, PageBreak, Paragraph, Picture
from shared.ports.reading import SourceFile
from tests.unit.adapters.formats.test_office_parsers import hidden, said
from tests.unit.adapters.typesetting.test_typesetter import picture

FONTS = (
    r"{\fonttbl{\f0\fswiss\fcharset0 Arial;}{\f1\fnil\fcharset2{\*\panose 05000000000000000000}Wingdings;}"
    r"{\f2\fnil\fcharset204 Arial Cyr;}}"
)


def parse(path: Path, content: str | bytes, head: str = r"\ansi\ansicpg1252\deff0") -> list[Block]:
    """The blocks of an RTF file with this content."""
    raw = content if isinstance(content, bytes) else content.encode("latin-1")
    path.write_bytes(rb"{\rtf1" + head.encode() + FONTS.encode() + raw + b"}")
    return list(parse_rtf(SourceFile(path)))


def struck(blocks: list[Block]) -> list[str]:
    """The texts that are struck through."""
    return [block.text for block in blocks if isinstance(block, Concealed) and block.why == "struck"]


def unread(blocks: list[Block]) -> list[str]:
    """The codes of what was not read."""
    return [block.code for block in blocks if isinstance(block, NotRead)]


@pytest.mark.parametrize(
    "content",
    [
        r"No. {\strike W-0999} W-1004\par",
        r"No. {\striked1 W-0999} W-1004\par",
        r"No. \strike W-0999\strike0  W-1004\par",
        r"No. \strike W-0999\plain  W-1004\par",
        r"No. {\strike W-{\b 0999}} W-1004\par",
    ],
)
def test_struck_text_leaves_the_line(tmp_path: Path, content: str) -> None:
    """However it is switched on and off."""
    blocks = parse(tmp_path / "x", content)
    assert ([["No.", "W-1004"]], "W-0999") == ([text.split() for text in said(blocks)], "".join(struck(blocks)))


@pytest.mark.parametrize("content", [r"No. {\strike0 W-1004}\par", r"No. {\striked0 W-1004}\par", r"No. \ulW-1004\par"])
def test_text_that_is_not_struck_stays(tmp_path: Path, content: str) -> None:
    """The clean twin: a switch that is off; a longer word that begins alike."""
    assert [] == struck(parse(tmp_path / "x", content.replace(r"\ulW", r"\ul W")))


@pytest.mark.parametrize("content", [r"a {\v gone}b", r"a {\v{\b gone}}b", r"a \v gone\v0 b", r"a {\deleted gone}b"])
def test_hidden_text_is_apart(tmp_path: Path, content: str) -> None:
    """Also in groups inside, and when a revision deleted it."""
    blocks = parse(tmp_path / "x", content)
    assert ("ab", ["gone"]) == ("".join(said(blocks)).replace(" ", ""), hidden(blocks))


def test_paragraphs_of_a_cell_stay_in_it(tmp_path: Path) -> None:
    """A row is a row, however many paragraphs and lines its cells have."""
    rows = (
        r"\trowd\cellx100\cellx200\pard\intbl Item\cell Amount\cell\row"
        r"\trowd\cellx100\cellx200\pard\intbl Screw\par 4 mm\line steel\cell 12.50\cell\row\pard After\par"
    )
    assert ["Item|Amount", "Screw\n4 mm\nsteel|12.50", "After"] == said(parse(tmp_path / "x", rows))


def test_bars_in_text_are_no_cells(tmp_path: Path) -> None:
    """A line that ends in a bar is a paragraph; one in a cell is its text."""
    content = r"Shop | Office |\par\trowd\cellx1\cellx2\intbl a|b\cell c\cell\row"
    assert ["Shop | Office |", "a|b|c"] == said(parse(tmp_path / "x", content))


def test_a_table_in_a_cell_costs_no_row(tmp_path: Path) -> None:
    """As Word writes it: nested cells first, their row's properties behind."""
    inner = (
        r"Drill\par\pard\intbl\itap2 Serial\nestcell SN-7781\nestcell{\*\nesttableprops\trowd\cellx50\cellx90\nestrow}"
        r"{\nonesttables\par}\pard\intbl\itap1\cell 2\cell 500.00\cell\row"
    )
    rows = rf"\trowd\pard\intbl Item\cell Quantity\cell Amount\cell\row\trowd\pard\intbl {inner}"
    last = r"\trowd\pard\intbl Saw\cell 1\cell 80.00\cell\row\pard Thanks\par"
    expected = ["Item|Quantity|Amount", "Drill\nSerial SN-7781|2|500.00", "Saw|1|80.00", "Thanks"]
    assert expected == said(parse(tmp_path / "x", rows + last))


def form_field(kind: int, numbers: str, entries: str = "", result: str = "") -> str:
    """A legacy form field as Word writes it."""
    name = {0: "FORMTEXT", 1: "FORMCHECKBOX", 2: "FORMDROPDOWN"}[kind]
    data = rf"{{\*\formfield{{\fftype{kind}{numbers}{{\*\ffname x}}{entries}}}}}"
    return rf"{{\field{{\*\fldinst {{ {name} }}{data}}}{{\fldrslt {result}}}}}"


@pytest.mark.parametrize(
    ("field", "shown"),
    [
        (form_field(1, r"\ffres1\ffdefres0"), "☒"),
        (form_field(1, r"\ffres0\ffdefres1"), "☐"),
        (form_field(1, r"\ffres25\ffdefres1"), "☒"),
        (form_field(1, r"\ffdefres0"), "☐"),
        (form_field(2, r"\ffres1", r"{\*\ffl weekly}{\*\ffl monthly}"), "monthly"),
        (form_field(2, r"\ffres1", r"{\*\ffl weekly}{\*\ffl monthly}", "monthly"), "monthly"),
        (form_field(0, "", "", "Ann"), "Ann"),
        (r"{\f1 \'fd}", "☒"),
        (r"{\f1 \u-3843 ?}", "☒"),
        (r"{\f1 o}", "☐"),
        (r"{\f0 o}", "o"),
    ],
)
def test_fields_and_signs_are_read_as_seen(tmp_path: Path, field: str, shown: str) -> None:
    """Ticks, selected entries, what was typed, signs of Wingdings."""
    assert [f"Paid {shown} yes"] == said(parse(tmp_path / "x", rf"Paid {field} yes\par"))


@pytest.mark.parametrize(
    ("field", "code"),
    [
        (r'{\field{\*\fldinst INCLUDETEXT "other.doc"}{\fldrslt }}', ["linked_part"]),
        (r"{\field{\*\fldinst =SUM(ABOVE)}}", ["uncalculated_field"]),
        (r"{\field{\*\fldinst =SUM(ABOVE)}{\fldrslt 12}}", []),
        (r"{\field{\*\fldinst PAGE}{\fldrslt }}", []),
        (
            r"{\object\objemb{\*\objdata 0105}{\result{\pict\wmetafile8 0100}}}",
            ["embedded_object"],
        ),
        (r"{\object\objemb{\*\objdata 0105}{\result shown}}", []),
    ],
)
def test_what_is_not_stored_is_reported(tmp_path: Path, field: str, code: list[str]) -> None:
    """Links, sums and objects without a result."""
    assert code == unread(parse(tmp_path / "x", rf"Sum {field}\par"))


def test_stories_beside_the_text_are_read(tmp_path: Path) -> None:
    """Headers and footers once, notes and comments behind their paragraph, text boxes, lettering; older copies not."""
    content = (
        r"{\header M\'fcller GmbH\par}{\headerf M\'fcller GmbH\par}{\footer Page foot}"
        r"Price{\footnote net}{\*\atnauthor Ann}{\*\annotation Really?}\par"
        r"{\shp{\*\shpinst{\shptxt In a box\par}}{\shprslt{\*\do{\dptxbxtext In a box\par}}}}"
        r"{\shp{\*\shpinst{\sp{\sn gtextUNICODE}{\sv PAID}}}}\par After\par"
    )
    expected = ["Müller GmbH", "Price", "Note: net", "Comment (Ann): Really?", "In a box", "PAID", "After", "Page foot"]
    assert expected == said(parse(tmp_path / "x", content))


def test_pictures_stand_where_they_are(tmp_path: Path) -> None:
    """In digits or as binary data with braces in it; the copy for older programs is left out."""
    data = picture(20, 20) + b"}{\\'zz"
    binary = b"{\\*\\shppict{\\pict\\pngblip\\bin%d %b}}" % (len(data), data)
    copy = b"{\\nonshppict{\\pict\\wmetafile8 0100}}"
    pixels = picture(30, 20)
    digits = b"{\\pict\\pngblip\\picwgoal400{\\*\\blipuid 00ff} %b}" % pixels.hex().encode()
    blocks = parse(tmp_path / "x", b"one " + binary + copy + b"\\par two\\par " + digits)
    kinds = [type(block).__name__ for block in blocks if not isinstance(block, Paragraph) or block.text]
    pictures = [(block.data, block.width) for block in blocks if isinstance(block, Picture)]
    assert ["Paragraph", "Picture", "Paragraph", "Picture"] == kinds
    assert [(data, 0.0), (pixels, 20.0)] == pictures


def test_a_page_break_begins_a_page(tmp_path: Path) -> None:
    """What follows stands on the next one."""
    blocks = [block for block in parse(tmp_path / "x", r"one\par\page two\par") if block != Paragraph("")]
    assert [Paragraph("one"), PageBreak(), Paragraph("two")] == blocks


@pytest.mark.parametrize(
    ("head", "content", "expected"),
    [
        (r"\ansi\ansicpg1252", r"{\f2 \'d1\'f7\'b8\'f2}", "Счёт"),
        (r"\mac", r"M\'9fller", "Müller"),
        (r"\pc", r"M\'81ller", "Müller"),
        (r"\ansi", r"\u55357?\u56832? smile \{ok\}", "😀 smile {ok}"),
        (r"\ansi\uc2", r"\u8364 EU 5", "€ 5"),
    ],
)
def test_letters_of_any_encoding_are_read(tmp_path: Path, head: str, content: str, expected: str) -> None:
    """By the font, by the file, or by their number."""
    assert [expected] == said(parse(tmp_path / "x", content, head))


def test_a_file_that_ends_early_is_reported(tmp_path: Path) -> None:
    """What is there is read; escaped braces end no group."""
    (tmp_path / "x").write_bytes(rb"{\rtf1\ansi One \} two {\b three")
    blocks = list(parse_rtf(SourceFile(tmp_path / "x")))
    assert (["One } two three"], ["damaged_content"]) == (said(blocks), unread(blocks))


def test_a_whole_file_is_not_reported(tmp_path: Path) -> None:
    """The clean twin: bytes behind the last brace are no loss, nor is a byte order mark before the first."""
    (tmp_path / "x").write_bytes(b"\xef\xbb\xbf{\\rtf1\\ansi One\\par}\0\0\r\n")
    blocks = list(parse_rtf(SourceFile(tmp_path / "x")))
    assert (["One"], []) == (said(blocks), unread(blocks))
