"""What an OpenDocument text shows that is no plain paragraph: struck text, forms, frames, objects, equations."""

import zipfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from types import MappingProxyType

import pytest

from shared.adapters.formats.odf import parse_ods, parse_odt
from shared.adapters.formats.zip_guard import parse_guarded
from shared.domain.base.errors import Unreadable
from shared.domain.content.blocks import Block, Concealed, NotRead
from shared.ports.reading import Parser, SourceFile
from tests.unit.adapters.formats.test_office_parsers import hidden, said

_O = "urn:oasis:names:tc:opendocument:xmlns"
NAMES = " ".join(
    [
        *(f'xmlns:{name}="{_O}:{name}:1.0"' for name in ("office", "text", "table", "style", "form", "chart")),
        f'xmlns:draw="{_O}:drawing:1.0" xmlns:fo="{_O}:xsl-fo-compatible:1.0" xmlns:svg="{_O}:svg-compatible:1.0"',
        'xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:math="http://www.w3.org/1998/Math/MathML"',
        'xmlns:field="urn:openoffice:names:experimental:ooo-ms-interop:xmlns:field:1.0"',
    ]
)
type Parts = Mapping[str, bytes]
NO_PARTS: Parts = MappingProxyType({})
BASIC = b'<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd"><a/>'


def content(kind: str, body: str, automatic: str = "") -> str:
    """The content part of a document or of an object."""
    return (
        f"<office:document-content {NAMES}><office:automatic-styles>{automatic}</office:automatic-styles>"
        f"<office:body><office:{kind}>{body}</office:{kind}></office:body></office:document-content>"
    )


def style(name: str, properties: str, parent: str = "", family: str = "text") -> str:
    """A style with text properties."""
    base = f' style:parent-style-name="{parent}"' if parent else ""
    return (
        f'<style:style style:name="{name}" style:family="{family}"{base}>'
        f"<style:text-properties {properties}/></style:style>"
    )


def save(path: Path, body: str, automatic: str = "", named: str = "", parts: Parts = NO_PARTS) -> SourceFile:
    """An ODT with this body, automatic and named styles, and parts."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("content.xml", content("text", body, automatic))
        archive.writestr("styles.xml", f"<office:document-styles {NAMES}>{named}</office:document-styles>")
        for name, data in parts.items():
            archive.writestr(name, data)
    return SourceFile(path)


def parse(path: Path, body: str, automatic: str = "", named: str = "", parts: Parts = NO_PARTS) -> list[Block]:
    """The blocks of an ODT."""
    return list(parse_odt(save(path, body, automatic, named, parts)))


def struck(blocks: list[Block]) -> list[str]:
    """The texts that are struck through."""
    return [block.text for block in blocks if isinstance(block, Concealed) and block.why == "struck"]


def unread(blocks: list[Block]) -> list[str]:
    """The codes of what was not read."""
    return [block.code for block in blocks if isinstance(block, NotRead)]


THROUGH = 'style:text-line-through-style="solid"'
NUMBER = '<text:p>No. <text:span text:style-name="T1">W-0999</text:span> W-1004</text:p>'


@pytest.mark.parametrize(
    ("automatic", "named"),
    [
        (style("T1", THROUGH), ""),
        (style("T1", 'style:text-line-through-type="double"'), ""),
        (style("T1", "", "Void"), style("Void", THROUGH)),
        (style("T1", "", "Child"), style("Child", "", "Void") + style("Void", THROUGH)),
    ],
    ids=["automatic", "double", "named", "inherited"],
)
def test_struck_text_leaves_the_line(tmp_path: Path, automatic: str, named: str) -> None:
    """By the style of its span, or by one that this is based on."""
    blocks = parse(tmp_path / "x", NUMBER, automatic, named)
    assert (["No.  W-1004"], ["W-0999"]) == (said(blocks), struck(blocks))


@pytest.mark.parametrize(
    ("automatic", "named"),
    [
        ("", ""),
        (style("T1", 'style:text-line-through-style="none"', "Void"), style("Void", THROUGH)),
        (style("T1", 'fo:color="#000000"'), ""),
    ],
)
def test_text_that_is_not_struck_stays(tmp_path: Path, automatic: str, named: str) -> None:
    """The clean twin: a style that takes the line off again."""
    blocks = parse(tmp_path / "x", NUMBER, automatic, named)
    assert (["No. W-0999 W-1004"], []) == (said(blocks), struck(blocks))


def test_a_paragraph_style_strikes_unless_a_span_is_excepted(tmp_path: Path) -> None:
    """The span's own style counts last."""
    styles = style("P1", THROUGH, family="paragraph") + style("T1", 'style:text-line-through-style="none"')
    body = '<text:p text:style-name="P1">old <text:span text:style-name="T1">valid</text:span></text:p>'
    blocks = parse(tmp_path / "x", body, styles)
    assert (["valid"], ["old"]) == ([text.strip() for text in said(blocks)], struck(blocks))


def test_white_text_is_hidden_only_on_white(tmp_path: Path) -> None:
    """In a coloured cell, or a filled shape, it is seen."""
    styles = style("T1", 'fo:color="#FFFFFF"') + (
        '<style:style style:name="C1" style:family="table-cell">'
        '<style:table-cell-properties fo:background-color="#003366"/></style:style>'
    )
    text = '<text:p><text:span text:style-name="T1">{}</text:span></text:p>'
    cells = [
        f"<table:table-cell{name}>{text.format(word)}</table:table-cell>"
        for name, word in ((' table:style-name="C1"', "seen"), ("", "unseen"))
    ]
    body = f"<table:table><table:table-row>{''.join(cells)}</table:table-row></table:table>"
    blocks = parse(tmp_path / "x", body, styles)
    assert (["seen|"], ["unseen"]) == (said(blocks), hidden(blocks))


@pytest.mark.parametrize(
    ("control", "shown"),
    [
        ('<form:checkbox form:id="c" form:label="yes" form:current-state="checked"/>', "☒ yes"),
        ('<form:checkbox form:id="c" form:label="yes" form:state="checked" form:current-state="unchecked"/>', "☐ yes"),
        ('<form:checkbox xml:id="c" form:label="yes"/>', "☐ yes"),
        ('<form:radio form:id="c" form:label="yes" form:selected="true"/>', "◉ yes"),
        ('<form:text form:id="c" form:value="a" form:current-value="Ann"/>', "Ann"),
        (
            (
                '<form:listbox form:id="c"><form:option form:label="weekly"/>'
                '<form:option form:label="monthly" form:current-selected="true"/></form:listbox>'
            ),
            "monthly",
        ),
        ('<form:fixed-text form:id="c" form:label="Sum"/>', "Sum"),
        ('<form:button form:id="c" form:label="Send"/>', ""),
    ],
)
def test_controls_show_what_was_entered(tmp_path: Path, control: str, shown: str) -> None:
    """In the line that they stand in."""
    line = '<text:p>a <draw:control draw:control="c"/></text:p>'
    body = f"<office:forms><form:form>{control}</form:form></office:forms>{line}"
    blocks = parse(tmp_path / "x", body)
    assert ([f"a {shown}"], []) == (said(blocks), unread(blocks))


def test_a_control_that_is_not_read_is_reported(tmp_path: Path) -> None:
    """A grid of a database, or a control that nothing defines."""
    grid = '<office:forms><form:form><form:grid form:id="c"/></form:form></office:forms>'
    body = f'{grid}<text:p>a<draw:control draw:control="c"/></text:p><draw:control draw:control="d"/>'
    assert ["form_control"] * 2 == unread(parse(tmp_path / "x", body))


@pytest.mark.parametrize(
    ("kind", "parameters", "shown"),
    [
        ("FORMCHECKBOX", (("Checkbox_Checked", "true"),), "☒"),
        ("FORMCHECKBOX", (("Checkbox_Checked", "false"),), "☐"),
        ("FORMCHECKBOX", (), "☐"),
        (
            "FORMDROPDOWN",
            (("Dropdown_SelectedItem", "1"), ("Dropdown_ListEntry", "weekly"), ("Dropdown_ListEntry", "monthly")),
            "monthly",
        ),
    ],
)
def test_form_fields_of_word_are_read(
    tmp_path: Path, kind: str, parameters: tuple[tuple[str, str], ...], shown: str
) -> None:
    """LibreOffice keeps them as marks with parameters."""
    given = "".join(f'<field:param field:name="{name}" field:value="{value}"/>' for name, value in parameters)
    mark = f'<field:fieldmark field:type="vnd.oasis.opendocument.field.{kind}">{given}</field:fieldmark>'
    assert [f"{shown} yes"] == said(parse(tmp_path / "x", f"<text:p>{mark} yes</text:p>"))


def test_first_headers_sections_and_readings(tmp_path: Path) -> None:
    """A header of the first page is text; a linked section without text is reported; furigana are left out."""
    named = (
        "<office:master-styles><style:master-page><style:header><text:p>Head</text:p></style:header><style:header-first>"
        "<text:p>First head</text:p></style:header-first></style:master-page></office:master-styles>"
    )
    body = (
        '<text:section><text:section-source xlink:href="part.odt"/></text:section>'
        '<text:section><text:section-source xlink:href="part.odt"/><text:p>stored</text:p></text:section>'
        "<text:p><text:ruby><text:ruby-base>東京</text:ruby-base><text:ruby-text>とうきょう</text:ruby-text></text:ruby></text:p>"
    )
    blocks = parse(tmp_path / "x", body, named=named)
    assert (["Head", "First head", "stored", "東京"], ["linked_part"]) == (said(blocks), unread(blocks))


@pytest.mark.parametrize("parser", [parse_odt, parse_ods])
def test_basic_macros_are_no_reason_to_refuse(tmp_path: Path, parser: Parser) -> None:
    """OpenOffice names an external document type in them, which nothing loads."""
    body = "<text:p>Total 5</text:p>"
    file = save(tmp_path / "x", body, parts={"Basic/Standard/Module1.xml": BASIC, "Basic/script-lc.xml": BASIC})
    whole = partial(parse_guarded, parser=parser, most_bytes=1_000_000)
    assert (["Total 5"] if parser is parse_odt else []) == said(list(whole(file)))


@pytest.mark.parametrize(
    "head",
    [
        '<!DOCTYPE a [<!ENTITY b "c">]>',
        '<!DOCTYPE a PUBLIC "x" "y" [<!ENTITY b "c">]>',
        '<!DOCTYPE a SYSTEM "' + "x" * 5000 + '" [<!ENTITY b "c">]>',
        "<!DOCTYPE a SYSTEM '>' [<!ENTITY b 'c'>]>",
        "<!DOCTYPE a>" * 2 + "<!ENTITY b 'c'>",
    ],
)
def test_declarations_are_refused_wherever_they_stand(tmp_path: Path, head: str) -> None:
    """A document type that declares something, or whose end is out of sight."""
    file = save(tmp_path / "x", "<text:p>a</text:p>", parts={"Basic/a.xml": f"{head}<a/>".encode()})
    with pytest.raises(Unreadable) as caught:
        list(parse_guarded(file, parse_odt, 1_000_000))
    assert "unreadable" == caught.value.code
