"""What parsers make of text: CSV, Markdown, HTML, XML, RTF and plain letters of any encoding."""

import base64
from functools import partial
from pathlib import Path

import pytest

from shared.adapters.formats.html import parse_html
from shared.adapters.formats.markdown import markdown
from shared.adapters.formats.rtf import parse_rtf
from shared.adapters.formats.text import parse_csv, parse_text
from shared.adapters.formats.xml import parse_xml
from shared.domain.base.errors import Unreadable
from shared.domain.content.blocks import Block, Concealed, Paragraph, Picture
from shared.ports.reading import Parser, SourceFile
from tests.unit.adapters.formats.test_office_parsers import hidden, said
from tests.unit.adapters.typesetting.test_typesetter import picture

parse = partial(parse_text, markdown=markdown)


def parsed(path: Path, parser: Parser, data: bytes) -> list[Block]:
    """The blocks of a file with these bytes."""
    path.write_bytes(data)
    return list(parser(SourceFile(path)))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_text_is_read_in_its_encoding(tmp_path: Path, encoding: str) -> None:
    """Umlauts survive whoever saved the file."""
    text = "Rechnung für Müller\nBetrag fällig in drei Tagen\nGrüße aus Köln an die schöne Straße"
    assert [text] == said(parsed(tmp_path / "x", parse, text.encode(encoding)))


def test_nul_bytes_and_endless_lines_are_no_harm(tmp_path: Path) -> None:
    """What is left is the text."""
    assert ["ab" + "x" * 100_000] == said(parsed(tmp_path / "x", parse, b"a\0b" + b"x" * 100_000))


@pytest.mark.parametrize("delimiter", list(",;\t|"))
def test_rows_are_told_by_whatever_parts_them(tmp_path: Path, delimiter: str) -> None:
    """A CSV file by its content: quotes, and line feeds in them, understood."""
    text = f'Item{delimiter}Price\n"Screw{delimiter} 4 mm"{delimiter}1\n"two\nlines"{delimiter}2\n'
    expected = ["Item|Price", f"Screw{delimiter} 4 mm|1", "two\nlines|2"]
    assert expected == said(parsed(tmp_path / "x", parse, text.encode()))
    assert expected == said(parsed(tmp_path / "x", parse_csv, text.encode()))


def test_a_letter_is_no_table(tmp_path: Path) -> None:
    """Commas in sentences part nothing."""
    text = "Dear Ann,\nthe screws, nails and bolts came, thank you.\nYours, Bob"
    assert [text] == said(parsed(tmp_path / "x", parse, text.encode()))


def test_markdown_is_read_by_its_marks(tmp_path: Path) -> None:
    """Headings, lists and tables; HTML in it stays text."""
    text = "# Invoice\n\n## Items\n\n1. one\n2. two\n\n| Item | Price |\n|---|---|\n| Screw | 12.50 |\n\n<b>x</b>\n"
    expected = ["Invoice", "Items", "1. one", "2. two", "Item|Price", "Screw|12.50", "<b>x</b>"]
    assert expected == said(parsed(tmp_path / "x", parse, text.encode()))


def test_html_is_read_as_a_browser_shows_it(tmp_path: Path) -> None:
    """Scripts are not text, styles hide, pictures come from the page alone, and nothing is fetched."""
    uri = base64.b64encode(picture(20, 20)).decode()
    page = (
        f"<html><head><title>no</title><script>no()</script></head><body><h1>Invoice</h1><p>one<br>two<p>three"
        f"<ol start=3><li>item</ol><table><tr><th>Item<th>Price<tr><td>Screw<td>12.50</table>"
        f'<p style="display: none">unseen</p><img src="data:image/png;base64,{uri}">'
        f'<img src="http://192.0.2.1/x.png" alt="a logo"><p>&euro; 5 &lt; 6</body></html>'
    )
    blocks = parsed(tmp_path / "x", parse_html, page.encode())
    expected = ["Invoice", "one\ntwo", "three", "3. item", "Item|Price", "Screw|12.50", "a logo", "€ 5 < 6"]
    assert (expected, ["unseen"]) == (said(blocks), hidden(blocks))
    assert 1 == sum(isinstance(block, Picture) for block in blocks)


def test_html_is_read_in_the_encoding_that_it_declares(tmp_path: Path) -> None:
    """Also when that stands far down, below a long preamble."""
    page = f"<html><!--{'x' * 20_000}--><meta charset=windows-1251><p>Счёт"
    assert ["Счёт"] == said(parsed(tmp_path / "x", parse_html, page.encode("cp1251")))


def test_xml_is_lines_under_names(tmp_path: Path) -> None:
    """Each text stands beside its element's name, each attribute beside its own, as deep as it stands."""
    data = b'<a xmlns="urn:x"><b c="1">text</b><!-- no --><d><e>deep</e></d></a>'
    blocks = parsed(tmp_path / "x", parse_xml, data)
    assert ["a", "b: text", "c: 1", "d", "e: deep"] == said(blocks)
    assert [0, 1, 2, 1, 2] == [block.indent for block in blocks if isinstance(block, Paragraph)]


@pytest.mark.parametrize(
    "data",
    [
        b"<a><b></a>",
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>',
        b'<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;">]><a>&y;</a>',
        b"<a>" * 300 + b"</a>" * 300,
    ],
    ids=["broken", "stealing", "laughing", "deep"],
)
def test_hostile_xml_is_refused(tmp_path: Path, data: bytes) -> None:
    """No entity is expanded, no file opened, no stack filled."""
    with pytest.raises(Unreadable) as caught:
        parsed(tmp_path / "x", parse_xml, data)
    assert "unreadable" == caught.value.code


def test_rtf_gives_text_tables_and_pictures(tmp_path: Path) -> None:
    """Letters of any script, cells, a picture; what is hidden stays apart."""
    data = (
        r"{\rtf1\ansi Gr\'fc\'dfe \u8364? 5\par {\v unseen}\trowd\cellx100\cellx200 Item\cell 12,50\cell\row "
        rf"\pard{{\pict\pngblip\picwgoal400 {picture(20, 20).hex()}}}}}"
    )
    blocks = parsed(tmp_path / "x", parse_rtf, data.encode("ascii"))
    assert (["Grüße € 5", "Item|12,50"], ["unseen"]) == (said(blocks), hidden(blocks))
    assert [(picture_of.data[:4], picture_of.width) for picture_of in blocks if isinstance(picture_of, Picture)] == [
        (b"\x89PNG", 20.0)
    ]


def test_struck_text_of_markdown_leaves_the_line(tmp_path: Path) -> None:
    """In paragraphs and cells; single tildes are text."""
    text = "# No. ~~W-0999~~ W-1004\n\n| Item | Price |\n|---|---|\n| ~~Nail~~ Screw | ~5 |\n"
    blocks = parsed(tmp_path / "x", parse, text.encode())
    assert ["No.  W-1004", "Item|Price", "Screw|~5"] == said(blocks)
    assert [("W-0999", "struck"), ("Nail", "struck")] == [
        (block.text, block.why) for block in blocks if isinstance(block, Concealed)
    ]
