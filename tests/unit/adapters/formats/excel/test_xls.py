"""What a workbook of Excel 97 to 2003 says: its cells, and what stands around and over them."""

import struct
from pathlib import Path

from shared.adapters.formats.xls import parse_xls
from shared.domain.content.blocks import Block, Picture
from shared.ports.reading import SourceFile
from tests.unit.adapters.formats.excel.biff import (
    CONTINUE,
    FOOTER,
    HEADER,
    STRUCK,
    WHITE,
    Sheet,
    chart,
    record,
    text,
    text_box,
    workbook,
)
from tests.unit.adapters.formats.test_html import struck, unread
from tests.unit.adapters.formats.test_office_parsers import hidden, said
from tests.unit.adapters.members.outlook import compound_file
from tests.unit.adapters.typesetting.test_typesetter import picture


def parsed(folder: Path, *sheets: Sheet, number_format: str = "#,##0.00") -> list[Block]:
    """Return the blocks of a workbook, in a compound file as Excel writes it."""
    path = folder / "x.xls"
    path.write_bytes(compound_file({"Workbook": workbook(sheets, number_format)}))
    return list(parse_xls(SourceFile(path)))


def test_cells_are_shown_in_one_notation(tmp_path: Path) -> None:
    """That of the typed text, on whatever sheet it stands."""
    typed = Sheet("Text", [["Skonto: 2,50 %"]])
    stored = Sheet("Items", [["Netto", 1234.5], ["Brutto", 10000.0]], formatted=[(0, 1), (1, 1)])
    assert ["Text", "Skonto: 2,50 %", "Items", "Netto|1.234,50", "Brutto|10.000,00"] == said(
        parsed(tmp_path, typed, stored)
    )
    blocks = parsed(tmp_path, typed, stored, number_format="#,##0")
    assert ["Netto|1235", "Brutto|10000"] == said(blocks)[-2:]


def test_headers_and_footers_are_read(tmp_path: Path) -> None:
    """Also those of the first page, where it differs; numbers of pages are nobody's data."""
    edges = record(HEADER, text('&L&"Arial,Bold"Müller && Söhne&RPO-5512')) + record(FOOTER, text("&CPage &P of &N"))
    first = text("First page: PO-1")
    edges += record(0x089C, bytes(28) + struct.pack("<5H", 2, 0, 0, len("First page: PO-1"), 0) + first)
    blocks = parsed(tmp_path, Sheet("One", [["cell"]], records=edges))
    assert ["Müller & Söhne", "PO-5512", "First page: PO-1", "cell"] == said(blocks)
    assert [] == unread(blocks)


def test_text_boxes_controls_and_charts_are_read(tmp_path: Path) -> None:
    """A ticked box by its sign; the text of a comment stands with its cell."""
    ticked = struct.pack("<HHH", 0x12, 8, 1) + bytes(6)
    drawn = text_box("Amount due: 900.00") + text_box("urgent", 0x0B, ticked) + text_box("a comment", 0x19)
    blocks = parsed(tmp_path, Sheet("One", [["cell"]], records=drawn + chart("Sales of 2025")))
    assert ["cell", "Amount due: 900.00", "☒ urgent", "Sales of 2025"] == said(blocks)


def test_a_chosen_entry_of_a_menu_is_reported(tmp_path: Path) -> None:
    """The file holds its number only; the arrow of a filter is nothing."""
    chosen = struct.pack("<HHHHHH", 0x13, 0x1FEE, 0, 5, 2, 0)
    assert ["form_control"] == unread(parsed(tmp_path, Sheet("One", [["cell"]], records=text_box("", 0x14, chosen))))
    own = text_box("", 0x14, chosen, flags=0x100)
    assert [] == unread(parsed(tmp_path, Sheet("One", [["cell"]], records=own)))


def test_struck_and_white_cells_are_kept_apart(tmp_path: Path) -> None:
    """They do not stand among the cells that hold."""
    blocks = parsed(tmp_path, Sheet("One", [["OLD", "secret", "NEW"]], fonts={(0, 0): STRUCK, (0, 1): WHITE}))
    assert (["NEW"], ["OLD"], ["secret", "OLD"]) == (said(blocks), struck(blocks), hidden(blocks))


def test_pictures_are_read(tmp_path: Path) -> None:
    """A letterhead or a scan; the picture's bytes may go on in further records."""
    image = picture(20, 20)
    blip = struct.pack("<HHI", 0x6E00, 0xF01E, 17 + len(image)) + bytes(17) + image
    entry = struct.pack("<HHI", 0x0062, 0xF007, 36 + len(blip)) + bytes(36) + blip
    store = struct.pack("<HHI", 0x001F, 0xF001, len(entry)) + entry
    group = struct.pack("<HHI", 0x000F, 0xF000, len(store)) + store
    stream = workbook([Sheet("One", [["cell"]], records=text_box("", 0x08))])
    drawing = record(0x00EB, group[:50]) + record(CONTINUE, group[50:])
    at = stream.index(record(0x0085)[:2])
    moved = stream[:at] + drawing + stream[at:]
    offset = moved.index(record(0x0085)[:2], at + len(drawing)) + 4
    (begin,) = struct.unpack_from("<I", moved, offset)
    moved = moved[:offset] + struct.pack("<I", begin + len(drawing)) + moved[offset + 4 :]
    (tmp_path / "x.xls").write_bytes(moved)
    blocks = list(parse_xls(SourceFile(tmp_path / "x.xls")))
    assert [image] == [block.data for block in blocks if isinstance(block, Picture)]


def test_a_plain_workbook_raises_no_finding(tmp_path: Path) -> None:
    """Nothing is hidden, struck or left out."""
    blocks = parsed(tmp_path, Sheet("One", [["Item", "Price"], ["Screw", 12.5]]))
    assert (["Item|Price", "Screw|12.5"], [], []) == (said(blocks), hidden(blocks), unread(blocks))
