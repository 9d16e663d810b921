"""What Word shows that is no plain run of text: fields, controls, signs, drawings, equations, struck text."""

from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml import parse_xml

from shared.adapters.formats.docx import parse_docx
from shared.domain.content.blocks import Block, Concealed, NotRead
from tests.unit.adapters.formats.test_office_parsers import hidden, said, saved

NAMES = " ".join(
    f'xmlns:{prefix}="{name}"'
    for prefix, name in {
        "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "w14": "http://schemas.microsoft.com/office/word/2010/wordml",
        "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
        "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
        "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
        "v": "urn:schemas-microsoft-com:vml",
        "o": "urn:schemas-microsoft-com:office:office",
        "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
        "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
        "cx": "http://schemas.microsoft.com/office/drawing/2014/chartex",
    }.items()
)


def run(text: str, properties: str = "") -> str:
    """A run of text."""
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def field(instruction: str, result: str | None = None, data: str = "") -> str:
    """A complex field; without a result it is never separated."""
    mark = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
    begin = mark.format("begin").replace("/></w:r>", f">{data}</w:fldChar></w:r>")
    shown = "" if result is None else mark.format("separate") + result
    code = f'<w:r><w:instrText xml:space="preserve"> {instruction} </w:instrText></w:r>'
    return f"{begin}{code}{shown}{mark.format('end')}"


def parse(path: Path, *paragraphs: str, made: Any = None) -> list[Block]:
    """The blocks of a document with these paragraphs of Word's XML."""
    made = made or docx.Document()
    for index, paragraph in enumerate(paragraphs):
        made.element.body.insert(index, parse_xml(f"<w:p {NAMES}>{paragraph}</w:p>"))
    return list(parse_docx(saved(made, path)))


def struck(blocks: list[Block]) -> list[str]:
    """The texts that are struck through."""
    return [block.text for block in blocks if isinstance(block, Concealed) and block.why == "struck"]


def unread(blocks: list[Block]) -> list[str]:
    """The codes of what was not read."""
    return [block.code for block in blocks if isinstance(block, NotRead)]


def check_box(state: str) -> str:
    """A legacy form's check box."""
    return field("FORMCHECKBOX", data=f"<w:ffData><w:checkBox><w:sizeAuto/>{state}</w:checkBox></w:ffData>")


@pytest.mark.parametrize(
    ("state", "sign"),
    [
        ('<w:default w:val="0"/><w:checked w:val="1"/>', "☒"),
        ("<w:checked/>", "☒"),
        ('<w:default w:val="1"/>', "☒"),
        ('<w:default w:val="1"/><w:checked w:val="0"/>', "☐"),
        ('<w:checked w:val="false"/>', "☐"),
        ("", "☐"),
    ],
)
def test_a_legacy_check_box_is_a_sign(tmp_path: Path, state: str, sign: str) -> None:
    """What was ticked counts; the default does when nothing was."""
    assert [f"{sign} yes"] == said(parse(tmp_path / "x", check_box(state) + run(" yes")))


@pytest.mark.parametrize(
    ("state", "result", "expected"),
    [
        ('<w:result w:val="1"/>', None, "monthly"),
        ('<w:default w:val="2"/>', None, "yearly"),
        ("", None, "weekly"),
        ('<w:result w:val="1"/>', run("monthly"), "monthly"),
    ],
)
def test_a_legacy_list_shows_the_selected_entry(tmp_path: Path, state: str, result: str | None, expected: str) -> None:
    """Once, also where a program wrote it as the field's result."""
    entries = "".join(f'<w:listEntry w:val="{text}"/>' for text in ("weekly", "monthly", "yearly"))
    data = f"<w:ffData><w:ddList>{state}{entries}</w:ddList></w:ffData>"
    assert [f"Paid {expected}."] == said(
        parse(tmp_path / "x", run("Paid ") + field("FORMDROPDOWN", result, data) + run("."))
    )


def test_a_text_field_shows_what_was_entered(tmp_path: Path) -> None:
    """Its default only stands where nothing was entered."""
    data = '<w:ffData><w:textInput><w:default w:val="name"/></w:textInput></w:ffData>'
    paragraphs = (field("FORMTEXT", run("Ann"), data), field("FORMTEXT", None, data))
    assert ["Ann", "name"] == said(parse(tmp_path / "x", *paragraphs))


@pytest.mark.parametrize(("state", "content", "expected"), [("1", "☒", "☒"), ("1", "", "☒"), ("0", "", "☐")])
def test_a_check_box_control_is_a_sign(tmp_path: Path, state: str, content: str, expected: str) -> None:
    """The sign it shows, else its state."""
    control = (
        f'<w:sdt><w:sdtPr><w14:checkbox><w14:checked w14:val="{state}"/></w14:checkbox></w:sdtPr>'
        f"<w:sdtContent>{run(content)}</w:sdtContent></w:sdt>"
    )
    assert [f"{expected} yes"] == said(parse(tmp_path / "x", control + run(" yes")))


@pytest.mark.parametrize(
    "sign",
    [
        '<w:r><w:sym w:font="Wingdings" w:char="F0FD"/></w:r>',
        '<w:r><w:sym w:font="Wingdings 2" w:char="F053"/></w:r>',
        run("ý", '<w:rFonts w:ascii="Wingdings" w:hAnsi="Wingdings"/>'),
        run("\uf0fd", '<w:rFonts w:ascii="Wingdings"/>'),
        field("SYMBOL 253 \\f Wingdings \\s 11"),
        field('SYMBOL 0xFD \\f "Wingdings"'),
    ],
)
def test_signs_of_symbol_fonts_are_read_as_seen(tmp_path: Path, sign: str) -> None:
    """However the sign was inserted."""
    assert ["☒ yes"] == said(parse(tmp_path / "x", sign + run(" yes")))


def test_letters_of_other_fonts_stay(tmp_path: Path) -> None:
    """The clean twin: a letter that is a sign in Wingdings is a letter in Arial."""
    assert ["ýx"] == said(parse(tmp_path / "x", run("ýx", '<w:rFonts w:ascii="Arial"/>')))


@pytest.mark.parametrize("mark", ["<w:strike/>", "<w:dstrike/>", '<w:strike w:val="1"/>', '<w:rStyle w:val="Old"/>'])
def test_struck_text_leaves_the_line(tmp_path: Path, mark: str) -> None:
    """Directly or by the style of its characters."""
    made = docx.Document()
    style = '<w:style {} w:type="character" w:styleId="Old"><w:name w:val="Old"/><w:rPr><w:strike/></w:rPr></w:style>'
    made.styles.element.append(parse_xml(style.format(NAMES)))
    blocks = parse(tmp_path / "x", run("No. ") + run("W-0999", mark) + run(" W-1004"), made=made)
    assert (["No.  W-1004"], ["W-0999"]) == (said(blocks), struck(blocks))


@pytest.mark.parametrize("mark", ['<w:strike w:val="0"/>', '<w:dstrike w:val="false"/>', ""])
def test_text_that_is_not_struck_stays(tmp_path: Path, mark: str) -> None:
    """The clean twin: a switch that is off strikes nothing."""
    blocks = parse(tmp_path / "x", run("W-1004", mark))
    assert (["W-1004"], []) == (said(blocks), struck(blocks))


def test_a_paragraph_style_strikes_unless_a_run_is_excepted(tmp_path: Path) -> None:
    """A style based on a struck one is struck; a run may switch it off."""
    made = docx.Document()
    for name, base, look in (("Void", "Normal", "<w:strike/>"), ("VoidToo", "Void", "")):
        style = f'<w:style {NAMES} w:type="paragraph" w:styleId="{name}"><w:name w:val="{name}"/>'
        made.styles.element.append(
            parse_xml(f'{style}<w:basedOn w:val="{base}"/><w:rPr>{look}</w:rPr></w:style>'),
        )
    styled = '<w:pPr><w:pStyle w:val="VoidToo"/></w:pPr>'
    blocks = parse(tmp_path / "x", styled + run("old ") + run("valid", '<w:strike w:val="0"/>'), made=made)
    assert (["valid"], ["old"]) == (said(blocks), struck(blocks))


def test_struck_text_of_a_cell_follows_the_table(tmp_path: Path) -> None:
    """The row keeps its other cells."""
    made = docx.Document()
    table = made.add_table(2, 2)
    for cell, text in zip((c for row in table.rows for c in row.cells), ("No.", "1", "Total", "90"), strict=True):
        cell.text = text
    table.cell(0, 1).paragraphs[0].runs[0].font.strike = True
    table.cell(0, 1).paragraphs[0].add_run("2")
    blocks = parse(tmp_path / "x", made=made)
    assert (["No.|2", "Total|90"], ["1"]) == (said(blocks), struck(blocks))


@pytest.mark.parametrize(
    ("instruction", "result", "code"),
    [
        ('INCLUDETEXT "other.docx"', None, ["linked_part"]),
        ("LINK Excel.Sheet.12 book.xlsx", "", ["linked_part"]),
        ("=SUM(ABOVE)", None, ["uncalculated_field"]),
        ("DOCPROPERTY Total", None, ["uncalculated_field"]),
        ("EQ \\f(1,2)", None, ["equation"]),
        ("=SUM(ABOVE)", run("12"), []),
        ("DOCPROPERTY Total", "", []),
        ("PAGE", None, []),
    ],
)
def test_a_field_without_its_result_is_reported(
    tmp_path: Path, instruction: str, result: str | None, code: list[str]
) -> None:
    """Unless it prints nothing that counts, or has a result."""
    assert code == unread(parse(tmp_path / "x", run("Sum ") + field(instruction, result)))


def test_a_field_inside_an_instruction_is_not_printed(tmp_path: Path) -> None:
    """Word compares a merge field's value; only the result of the condition is text."""
    inner = field("MERGEFIELD Sex", run("f"))
    outer = field("IF", run("Madam")).replace(" IF </w:instrText></w:r>", f" IF </w:instrText></w:r>{inner}")
    assert ["Dear Madam"] == said(parse(tmp_path / "x", run("Dear ") + outer))


def test_an_equation_is_a_line_of_text(tmp_path: Path) -> None:
    """A fraction, a power; in a paragraph, and by itself."""

    def sign(text: str) -> str:
        return f"<m:r><m:t>{text}</m:t></m:r>"

    fraction = f"<m:f><m:num>{sign('a+1')}</m:num><m:den>{sign('b')}</m:den></m:f>"
    power = f"<m:sSup><m:e>{sign('x')}</m:e><m:sup>{sign('2')}</m:sup></m:sSup>"
    equation = f"<m:oMath>{sign('y=')}{fraction}{sign('+')}{power}</m:oMath>"
    assert ["Rate y=(a+1)/b+x^2"] == said(parse(tmp_path / "x", run("Rate ") + equation))


def test_tabs_to_margins_and_bases_of_readings_are_kept(tmp_path: Path) -> None:
    """A header's right part does not stick to its left one; of furigana the signs below are the text."""
    ruby = f"<w:r><w:ruby><w:rt>{run('reading')}</w:rt><w:rubyBase>{run('東京')}</w:rubyBase></w:ruby></w:r>"
    tab = '<w:r><w:ptab w:relativeTo="margin" w:alignment="right" w:leader="none"/></w:r>'
    assert ["left\tright 東京"] == said(parse(tmp_path / "x", run("left") + tab + run("right ") + ruby))


def test_deleted_equations_and_cells_are_hidden(tmp_path: Path) -> None:
    """What a tracked change took away is not text."""
    made = docx.Document()
    table = made.add_table(1, 3)
    for cell, text in zip(table.rows[0].cells, ("a", "b", "c"), strict=True):
        cell.text = text
    table.cell(0, 1)._tc.get_or_add_tcPr().append(parse_xml(f'<w:cellDel {NAMES} w:id="1"/>'))
    gone = '<w:del w:id="2"><m:oMath><m:r><m:t>x=1</m:t></m:r></m:oMath></w:del>'
    blocks = parse(tmp_path / "x", run("y") + gone, made=made)
    assert (["y", "a||c"], ["x=1", "b"]) == (said(blocks), hidden(blocks))


@pytest.mark.parametrize("kind", ["paragraph", "character"])
def test_a_style_may_name_the_symbol_font(tmp_path: Path, kind: str) -> None:
    """Of the paragraph, or of the characters."""
    made = docx.Document()
    style = f'<w:style {NAMES} w:type="{kind}" w:styleId="Tick"><w:name w:val="Tick"/>'
    made.styles.element.append(parse_xml(f'{style}<w:rPr><w:rFonts w:ascii="Wingdings"/></w:rPr></w:style>'))
    paragraph = '<w:pPr><w:pStyle w:val="Tick"/></w:pPr>' if kind == "paragraph" else ""
    character = '<w:rStyle w:val="Tick"/>' if kind == "character" else ""
    rest = run(" yes", '<w:rFonts w:ascii="Arial"/>')
    assert ["☒ yes"] == said(parse(tmp_path / "x", paragraph + run("ý", character) + rest, made=made))
