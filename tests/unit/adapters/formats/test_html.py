"""What a page of HTML says: what a browser shows of it, and apart from that what styles hide or strike through."""

from pathlib import Path

import pytest

from shared.adapters.formats.html import parse_html
from shared.adapters.formats.sniffer import sniff
from shared.domain.content.blocks import Block, Concealed, NotRead
from shared.ports.reading import SourceFile
from tests.unit.adapters.formats.test_office_parsers import hidden, said


def parsed(folder: Path, page: str) -> list[Block]:
    """Return the blocks of a page."""
    path = folder / "page.html"
    path.write_text(page, encoding="utf-8")
    return list(parse_html(SourceFile(path)))


def struck(blocks: list[Block]) -> list[str]:
    """Return the texts that are struck through."""
    return [block.text for block in blocks if isinstance(block, Concealed) and block.why == "struck"]


def unread(blocks: list[Block]) -> list[str]:
    """Return the codes of what was not read."""
    return [block.code for block in blocks if isinstance(block, NotRead)]


@pytest.mark.parametrize(
    ("rules", "old"),
    [
        (".x{display:none}", "<div class=x>OLD</div>"),
        ("#x{visibility:hidden}", "<div id=x>OLD</div>"),
        ("body > section p:first-child{opacity:0}", "<section><p>OLD</p></section>"),
        ("section *{font-size:0}", "<section><p>OLD</p></section>"),
        (".x{position:absolute;left:-9999px}", "<div class=x>OLD</div>"),
        (".x{text-indent:-9999px}", "<div class=x>OLD</div>"),
        (".x{color:#fff}", "<div class=x>OLD</div>"),
        (".x{background:#123456} .x span{color:rgb(18 52 86)}", "<div class=x><span>OLD</span></div>"),
        (".x{color:transparent}", "<div class=x>OLD</div>"),
        (":root{--paper:white} .x{color:var(--paper)}", "<div class=x>OLD</div>"),
        (".x{height:0;overflow:hidden}", "<div class=x>OLD</div>"),
        (".x{position:absolute;clip:rect(0,0,0,0)}", "<div class=x>OLD</div>"),
        (".x{clip-path:inset(50%)}", "<div class=x>OLD</div>"),
        (".x{transform:scale(0)}", "<div class=x>OLD</div>"),
        ("@media screen{.x{display:none}}", "<div class=x>OLD</div>"),
        ("@media (min-width:600px){.x{display:none}}", "<div class=x>OLD</div>"),
        ("@supports (display:grid){.x{display:none}}", "<div class=x>OLD</div>"),
        (".x{display:none!important}", "<div class=x style='display:block'>OLD</div>"),
        ("", "<div hidden>OLD</div>"),
        ("", "<div style='DISPLAY : None'>OLD</div>"),
        ("", "<p><font color=white>OLD</font></p>"),
        ("", "<dialog>OLD</dialog>"),
        ("", "<details><summary>More</summary>OLD</details>"),
        (".x td{display:none}", "<table><tr class=x><td>OLD</td></tr></table>"),
        (".x{display:none}", "<table><tbody class=x><tr><td>OLD</td></tr></tbody></table>"),
    ],
)
def test_text_that_styles_hide_is_concealed(tmp_path: Path, rules: str, old: str) -> None:
    """Whatever hides it: a rule, an attribute or the element itself."""
    blocks = parsed(tmp_path, f"<style>{rules}</style><p>Invoice NEW</p>{old}<p>Total</p>")
    assert "OLD" in " ".join(hidden(blocks))
    assert "OLD" not in " ".join(said(blocks))
    assert {"Invoice NEW", "Total"} <= set(said(blocks))
    assert [] == unread(blocks)


@pytest.mark.parametrize(
    ("rules", "body"),
    [
        (".x{display:none} .x{display:block}", "<div class=x>NEW</div>"),
        ("@media print{.x{display:none}}", "<div class=x>NEW</div>"),
        ("@media (max-width:600px){.x{display:none}}", "<div class=x>NEW</div>"),
        (".x{display:none}", "<div class=x style='display:block!important'>NEW</div>"),
        (".x{visibility:hidden} .y{visibility:visible}", "<div class=x><p class=y>NEW</p></div>"),
        ("td{font-size:0} td div{font-size:14px}", "<table><tr><td><div>NEW</div></td></tr></table>"),
        (".x{background:#222;color:#fff}", "<div class=x>NEW</div>"),
        (".x{background:url(dark.png);color:#fff}", "<div class=x>NEW</div>"),
        (".x{color:white}", "<table bgcolor='#003366'><tr><td class=x>NEW</td></tr></table>"),
        ("body{background:black;color:white}", "<p>NEW</p>"),
        ("a.x:hover{opacity:0} .x::after{content:none}", "<a href=# class=x>NEW</a>"),
        (".x{opacity:0.6;margin:-4px;overflow:hidden;height:20px}", "<div class=x>NEW</div>"),
        (".x{text-decoration:underline}", "<span class=x>NEW</span>"),
        ("@font-face{font-family:x;src:url(x.woff)} p{font:12px/1.5 x}", "<p>NEW</p>"),
        (".menu{left:-10px;position:relative}", "<div class=menu>NEW</div>"),
        (".x::-webkit-scrollbar{display:none} p:nth-child(2n+1 of.y)", "<div class=x>NEW</div>"),
    ],
)
def test_text_that_a_browser_shows_is_read(tmp_path: Path, rules: str, body: str) -> None:
    """Rules that are overruled, for print or for small screens hide nothing; white letters on dark ground are seen."""
    blocks = parsed(tmp_path, f"<style>{rules}</style>{body}")
    assert (["NEW"], [], []) == (said(blocks), hidden(blocks), unread(blocks))


@pytest.mark.parametrize(
    ("rules", "body"),
    [
        ("", "<p>Total <s>OLD</s> NEW</p>"),
        ("", "<p>Total <strike>OLD</strike> NEW</p>"),
        ("", "<p>Total <del>OLD</del> NEW</p>"),
        ("", "<p>Total <span style='text-decoration: line-through red'>OLD</span> NEW</p>"),
        (".was{text-decoration-line:line-through}", "<p>Total <b class=was>OLD</b> NEW</p>"),
        (".was{text-decoration:line-through}", "<p>Total <b class=was><i>OLD</i></b> NEW</p>"),
    ],
)
def test_struck_text_is_concealed(tmp_path: Path, rules: str, body: str) -> None:
    """Struck text is no longer valid: it is kept apart, and said to be struck."""
    blocks = parsed(tmp_path, f"<style>{rules}</style>{body}")
    assert (["Total NEW"], ["OLD"]) == (said(blocks), struck(blocks))


def test_struck_text_of_a_cell_is_concealed(tmp_path: Path) -> None:
    """Also in a table, which is read as one block."""
    blocks = parsed(tmp_path, "<table><tr><th>A<th>B<tr><td>x<td><s>5.00</s> 4.00</table>")
    assert (["A|B", "x|4.00"], ["5.00"]) == (said(blocks), struck(blocks))


@pytest.mark.parametrize(
    ("page", "codes"),
    [
        ("<link rel=stylesheet href='https://example.org/x.css'><p class=x>NEW", ["style_sheet"]),
        ("<link rel=stylesheet href='x.css'><p class=x>NEW", ["style_sheet"]),
        ("<style>@import url(https://example.org/x.css);</style><p class=x>NEW", ["style_sheet"]),
        ("<style>@container (width > 1px){.x{display:none}}</style><p class=x>NEW", ["style_sheet"]),
        ("<style>.x{ .y &{display:none}}</style><p class=x>NEW", ["style_sheet"]),
        ("<link rel=stylesheet href='https://example.org/x.css'><p>NEW", []),
        ("<link rel=stylesheet media=print href='https://example.org/x.css'><p class=x>NEW", []),
        ("<link rel=stylesheet href='https://fonts.googleapis.com/css?family=X'><p class=x>NEW", []),
        ("<link rel=icon href='https://example.org/x.png'><p class=x>NEW", []),
    ],
)
def test_a_style_sheet_that_is_not_read_is_reported(tmp_path: Path, page: str, codes: list[str]) -> None:
    """Only where it may hide something: a sheet for print or of fonts hides nothing on a screen."""
    blocks = parsed(tmp_path, page)
    assert (["NEW"], codes) == (said(blocks), unread(blocks))


@pytest.mark.parametrize(
    ("control", "text"),
    [
        ("<select><option>A<option selected>B</select>", "B"),
        ("<select><option>A<option>B</select>", "A"),
        ("<select><option disabled>A<option>B</select>", "B"),
        ("<select><optgroup label=G><option>A</optgroup><optgroup><option selected>B</optgroup></select>", "B"),
        ("<select><option selected>A<option selected>B</select>", "B"),
        ("<select multiple><option selected>A<option>B<option selected>C</select>", "A C"),
        ("<select><option value=1 label=Shown>A</select>", "Shown"),
        ("<select size=3><option>A<option>B</select>", ""),
        ("<input list=l value=B><datalist id=l><option>A</datalist>", "B"),
        ("<input type=checkbox checked> yes <input type=checkbox> no", "☒ yes ☐ no"),
        ("<input type=radio checked> yes <input type=radio> no", "◉ yes ○ no"),
        ("<input type=hidden value=A><input type=password value=B><input value=C placeholder=D>", "C"),
    ],
)
def test_a_control_shows_what_was_chosen(tmp_path: Path, control: str, text: str) -> None:
    """Of a menu only the selected option; ticks as signs; nothing of what is secret or hidden."""
    assert [f"No: {text}".strip()] == said(parsed(tmp_path, f"<p>No: {control}</p>"))


def test_a_text_area_keeps_its_lines(tmp_path: Path) -> None:
    """As they were entered."""
    assert ["one\n  two"] == said(parsed(tmp_path, "<textarea>one\n  two</textarea>"))


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("<tr><td rowspan=2>a<td>b<tr><td>c", ["a|b", "|c"]),
        ("<tr><td>a<td rowspan=3>2<td>b<tr><td>c<td>d<tr><td>e<td>f", ["a|2|b", "c||d", "e||f"]),
        ("<tr><td>a<td rowspan=0>2<tr><td>c<tr><td>e", ["a|2", "c|", "e|"]),
        ("<tr><td>a<td rowspan=999999>2<tr><td>c", ["a|2", "c|"]),
        ("<tbody><tr><td rowspan=9>a<td>b<tbody><tr><td>c<td>d", ["a|b", "c|d"]),
        (
            "<tr><td>a<td rowspan=2 colspan=2>x<td>b<tr><td>c<td>d<tr><td>1<td>2<td>3<td>4",
            ["a|x|b", "c|||d", "1|2|3|4"],
        ),
        ("<tr><td colspan=1000>x<tr><td>a<td>b", ["x", "a|b"]),
        (
            "<tfoot><tr><td>sum<td>3</tfoot><tbody><tr><td>a<td>1</tbody><thead><tr><th>A<th>B</thead>",
            ["A|B", "a|1", "sum|3"],
        ),
    ],
)
def test_cells_stand_below_their_heading(tmp_path: Path, rows: str, expected: list[str]) -> None:
    """A cell that spans rows leaves its place empty in those below; spans end with the group, the foot comes last."""
    assert expected == said(parsed(tmp_path, f"<table>{rows}</table>"))


@pytest.mark.parametrize(
    ("rules", "body", "expected"),
    [
        (
            ".t{display:table}.r{display:table-row}.c{display:table-cell}",
            "<div class=t><p class=r><b class=c>A</b><b class=c>B</b></p><p class=r><b>1</b><b class=c>2</b></p></div>",
            ["A|B", "1|2"],
        ),
        (
            ".r{display:flex}",
            "<div><div class=r><p>A</p><p>B</p></div><div class=r><p>1</p><p>2</p></div></div>",
            ["A|B", "1|2"],
        ),
        (
            ".r{display:flex;flex-direction:column}",
            "<div><div class=r><p>A</p><p>B</p></div><div class=r><p>1</p><p>2</p></div></div>",
            ["A", "B", "1", "2"],
        ),
        (
            ".r{display:flex}",
            "<div><div class=r><p>A<br>x</p><p>B</p></div><div class=r><p>1</p><p>2</p></div></div>",
            ["A\nx", "B", "1", "2"],
        ),
        (
            ".r{display:flex}",
            "<div>loose<div class=r><p>A</p><p>B</p></div><div class=r><p>1</p><p>2</p></div></div>",
            ["loose", "A", "B", "1", "2"],
        ),
        (
            ".t{display:table}.r{display:table-row}.o{display:none}",
            "<div class=t><p class=r><b>A</b><b>B</b></p><p class=o>OLD</p><p class=r><b>1</b><b>2</b></p></div>",
            ["A|B", "1|2"],
        ),
    ],
    ids=["table", "flex", "column", "layout", "loose text", "hidden row"],
)
def test_tables_that_styles_make_are_tables(tmp_path: Path, rules: str, body: str, expected: list[str]) -> None:
    """Rows of one line a cell; what only lays out a page is read one after the other."""
    assert expected == said(parsed(tmp_path, f"<style>{rules}</style>{body}"))


def test_texts_beside_each_other_are_words_of_their_own(tmp_path: Path) -> None:
    """Where a style sets elements apart, no space stands in the source."""
    page = (
        "<style>.row{display:flex} .b{display:inline-block} .d{display:block} .f{float:right}</style>"
        "<div class=row><span>Net</span><span>1.00</span></div><p><span class=b>Tax</span><span class=b>2.00</span></p>"
        "<p><span class=d>Total</span><span>3.00</span></p><p><span class=f>4.00</span>Due</p>"
    )
    assert ["Net", "1.00", "Tax 2.00", "Total", "3.00", "4.00 Due"] == said(parsed(tmp_path, page))


@pytest.mark.parametrize(
    ("page", "texts", "codes"),
    [
        ("<iframe srcdoc='<p>inside</p>'></iframe>", ["inside"], []),
        ("<iframe src='data:text/html,<p>inside'></iframe>", ["inside"], []),
        ("<iframe src='https://example.org/'></iframe>x", ["x"], ["embedded_object"]),
        ("<iframe src='https://example.org/' width=1 height=1></iframe>x", ["x"], []),
        ("<iframe src='https://example.org/' style='display:none'></iframe>x", ["x"], []),
        ("<object data=x.pdf>no</object>x", ["x"], ["embedded_object"]),
        ("<object>instead</object>", ["instead"], []),
        ("<embed src=x.pdf>x", ["x"], ["embedded_object"]),
        ("<script>draw()</script><canvas>no</canvas>x", ["x"], ["drawing"]),
        ("<svg width=20 height=20><path d='M0 0'/></svg>x", ["x"], []),
        ("<svg><title>no</title><text>drawn</text><text>words</text></svg>", ["drawn", "words"], []),
        ("<svg width=600 height=800><path d='M0 0'/></svg>x", ["x"], ["drawing"]),
        ("<noscript>no</noscript><template>no</template>x", ["x"], []),
        ("<title>no</title><style></style><main>text</main>", ["text"], []),
    ],
)
def test_what_stands_in_a_page_is_read_or_reported(
    tmp_path: Path, page: str, texts: list[str], codes: list[str]
) -> None:
    """A page in a frame is read when it is inside the file; nothing is fetched."""
    blocks = parsed(tmp_path, page)
    assert (texts, codes) == (said(blocks), unread(blocks))


def test_text_of_a_style_sheet_is_read(tmp_path: Path) -> None:
    """A rule may write letters before and after an element."""
    page = "<style>.no::before{content:'No. '} .no::after{content:attr(data-x)}</style><p class=no data-x=7>INV-"
    assert ["No. INV-7"] == said(parsed(tmp_path, page))


@pytest.mark.parametrize(
    "begin",
    [
        '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "x.dtd">',
        '<?xml version="1.0"?><!-- saved --><html xmlns="http://www.w3.org/1999/xhtml">',
        "\ufeff<!-- saved -->\n<!doctype html>",
    ],
)
def test_a_page_of_xhtml_is_a_page(tmp_path: Path, begin: str) -> None:
    """An XML declaration before the page changes nothing."""
    blocks = parsed(tmp_path, f"{begin}<html><body><p>Größe<br/>2</p></body></html>")
    assert ("text/html", ["Größe\n2"]) == (sniff(str(tmp_path / "page.html")), said(blocks))


def test_a_sheet_of_costly_selectors_is_bounded(tmp_path: Path) -> None:
    """A rule that would take too long is reported, not run."""
    page = f"<style>{'div ' * 40} p{{display:none}}</style>{'<div>' * 150}<p>NEW"
    blocks = parsed(tmp_path, page)
    assert (["NEW"], ["style_sheet"]) == (said(blocks), unread(blocks))
