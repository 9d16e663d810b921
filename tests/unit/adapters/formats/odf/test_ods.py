"""What an OpenDocument spreadsheet says beside plain cells: page headers, clear numbers and dates, spans of tables."""

import zipfile
from pathlib import Path

import pytest

from shared.adapters.formats.odf import parse_ods
from shared.domain.content.blocks import Block
from shared.domain.spreadsheets.stored_texts import clarify_date, clarify_number
from shared.ports.reading import SourceFile
from tests.unit.adapters.formats.odf.test_odf_content import NAMES, content, parse, style
from tests.unit.adapters.formats.test_html import struck
from tests.unit.adapters.formats.test_office_parsers import hidden, said

SHEET = (
    '<table:table table:name="One"><table:table-row><table:table-cell><text:p>cell</text:p></table:table-cell>'
    "</table:table-row></table:table>"
)
REGIONS = (
    "<style:region-left><text:p>Left</text:p></style:region-left>"
    "<style:region-right><text:p>PO-5512</text:p></style:region-right>"
)


def parsed(folder: Path, body: str, automatic: str = "", masters: str = "") -> list[Block]:
    """Return the blocks of a spreadsheet."""
    with zipfile.ZipFile(folder / "x.ods", "w") as archive:
        archive.writestr("content.xml", content("spreadsheet", body, automatic))
        archive.writestr("styles.xml", f"<office:document-styles {NAMES}>{masters}</office:document-styles>")
    return list(parse_ods(SourceFile(folder / "x.ods")))


def master(edges: str, name: str = "Default") -> str:
    """Return a page style with headers and footers."""
    return f'<style:master-page style:name="{name}">{edges}</style:master-page>'


@pytest.mark.parametrize(
    ("edges", "texts"),
    [
        ("<style:header><text:p>PO-5512</text:p></style:header>", ["PO-5512", "cell"]),
        (f"<style:header>{REGIONS}</style:header>", ["Left", "PO-5512", "cell"]),
        ("<style:footer><text:p>Bank 4711</text:p></style:footer>", ["cell", "Bank 4711"]),
        ("<style:header><text:p><text:sheet-name>???</text:sheet-name></text:p></style:header>", ["cell"]),
        ("<style:footer><text:p>Page <text:page-number>1</text:page-number></text:p></style:footer>", ["cell"]),
        ('<style:header style:display="false"><text:p>off</text:p></style:header>', ["cell"]),
    ],
)
def test_headers_and_footers_are_read(tmp_path: Path, edges: str, texts: list[str]) -> None:
    """Those that every new file has, of a page number and the sheet's name, say nothing."""
    blocks = parsed(
        tmp_path, SHEET, masters=master(edges) + master("<style:header><text:p>no</text:p></style:header>", "Report")
    )
    assert (texts, []) == (said(blocks), hidden(blocks))


def test_a_struck_header_is_kept_apart(tmp_path: Path) -> None:
    """A header is text as any other."""
    edge = '<style:header><text:p><text:span text:style-name="S">OLD</text:span> NEW</text:p></style:header>'
    named = style("S", 'style:text-line-through-style="solid"') + master(edge)
    blocks = parsed(tmp_path, SHEET, masters=named)
    assert (["NEW", "cell"], ["OLD"]) == ([text.strip() for text in said(blocks)], struck(blocks))


def test_stored_numbers_and_dates_have_one_reading(tmp_path: Path) -> None:
    """The value behind a cell says what its text means; one that a format does not show is hidden."""
    cells = "".join(
        f'<table:table-cell office:value-type="{value_type}" office:{name}="{value}">{text}</table:table-cell>'
        for value_type, name, value, text in (
            ("currency", "value", "10000", "<text:p>10.000 €</text:p>"),
            ("float", "value", "12.345", "<text:p>12,345</text:p>"),
            ("date", "date-value", "2025-05-04", "<text:p>05/04/25</text:p>"),
            ("float", "value", "4711", ""),
            ("float", "value", "0", ""),
        )
    )
    blocks = parsed(tmp_path, f"<table:table><table:table-row>{cells}</table:table-row></table:table>")
    assert (["10000 €|12,345|2025-05-04"], ["4711"]) == (said(blocks), hidden(blocks))


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("10,000", "10000", "10000"),
        ("-10.000 €", "-10000", "-10000 €"),
        ("1,234.50", "1234.5", "1,234.50"),
        ("1.234.567", "1234567", "1.234.567"),
        ("1,234", "1.234", "1,234"),
        ("12,345", "nothing", "12,345"),
    ],
)
def test_a_number_is_cleared_of_its_one_separator(text: str, value: str, expected: str) -> None:
    """Only where the value proves that it separates thousands."""
    assert expected == clarify_number(text, value)


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("04/05/2025", "2025-05-04", "2025-05-04"),
        ("5/4/25 08:30", "2025-05-04T08:30:00", "2025-05-04 08:30"),
        ("04.05.2025", "2025-05-04", "04.05.2025"),
        ("05.04.2025", "2025-05-04", "2025-05-04"),
        ("4. Mai 2025", "2025-05-04", "4. Mai 2025"),
        ("04/05/2025", "", "04/05/2025"),
    ],
)
def test_a_date_of_numbers_is_cleared(text: str, value: str, expected: str) -> None:
    """With points the day comes first wherever points are used, unless the value says otherwise."""
    assert expected == clarify_date(text, value)


def test_cells_that_span_rows_keep_the_columns_below(tmp_path: Path) -> None:
    """In a table of a text."""
    rows = (
        '<table:table-row><table:table-cell table:number-rows-spanned="2"><text:p>a</text:p></table:table-cell>'
        "<table:table-cell><text:p>b</text:p></table:table-cell></table:table-row>"
        "<table:table-row><table:covered-table-cell/><table:table-cell><text:p>c</text:p></table:table-cell></table:table-row>"
    )
    blocks = parse(tmp_path / "x.odt", f"<table:table>{rows}</table:table>")
    assert ["a|b", "|c"] == said(blocks)
