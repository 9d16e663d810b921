"""Files inside office files: taken out, or left out with the reason."""

import struct
import zipfile
from pathlib import Path

import pytest

from shared.adapters.members.office import MAX_OBJECT_BYTES, office_entries, old_workbook_entries, unwrap_package
from shared.domain.base.errors import Unreadable
from tests.unit.adapters.members.outlook import compound_file
from tests.unit.adapters.members.unpacked import Unpacked

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
RELATION = b'<Relationships><Relationship Id="r1" Target="../embeddings/Numbers.xlsx"/></Relationships>'


def zipped(folder: Path, parts: dict[str, bytes]) -> Path:
    """A package with these parts."""
    path = folder / "file"
    with zipfile.ZipFile(path, "w") as package:
        for name, data in parts.items():
            package.writestr(name, data)
    return path


def test_inserted_files_are_members_and_other_parts_are_not(tmp_path: Path) -> None:
    """Whatever of the three programs wrote it; pictures and text are parts of the document."""
    parts = {
        "word/document.xml": b"<document/>",
        "word/media/image1.png": b"\x89PNG",
        "word/embeddings/Offer.docx": b"PK offer",
        "xl/embeddings/Scan.pdf": b"%PDF scan",
        "ppt/embeddings/deep/No.pdf": b"%PDF",
    }
    found = Unpacked(office_entries, zipped(tmp_path, parts))
    assert {"Offer.docx": b"PK offer", "Scan.pdf": b"%PDF scan"} == found.contents


def test_the_numbers_of_a_chart_are_no_document(tmp_path: Path) -> None:
    """Office programs keep a workbook for every chart: none of them is a file that somebody inserted."""
    parts = {
        "word/charts/_rels/chart1.xml.rels": RELATION,
        "word/embeddings/Numbers.xlsx": b"PK numbers",
        "word/embeddings/Prices.xlsx": b"PK prices",
    }
    found = Unpacked(office_entries, zipped(tmp_path, parts))
    assert ({"Prices.xlsx": b"PK prices"}, {"Numbers.xlsx": "chart"}) == (found.contents, found.skipped)


def test_a_damaged_object_is_left_out_alone(tmp_path: Path) -> None:
    """The other members are taken out; a package that is none is refused as a whole."""
    parts = {"word/embeddings/oleObject1.bin": OLE + b"\xff" * 2000, "word/embeddings/Offer.docx": b"PK offer"}
    found = Unpacked(office_entries, zipped(tmp_path, parts))
    assert ({"Offer.docx": b"PK offer"}, {"oleObject1.bin": "unreadable"}) == (found.contents, found.skipped)
    broken = tmp_path / "broken"
    broken.write_bytes(b"PK\3\4 and no more")
    with pytest.raises(Unreadable) as refused:
        Unpacked(office_entries, broken)
    assert "unreadable" == refused.value.code


def test_an_object_that_is_too_large_is_not_taken_apart(tmp_path: Path) -> None:
    """It would be held in memory; a plain file of any size goes in pieces."""
    found = Unpacked(office_entries, zipped(tmp_path, {"xl/embeddings/a.bin": OLE + bytes(MAX_OBJECT_BYTES)}))
    assert {"a.bin": "too_large"} == found.skipped


def native(name: bytes, content: bytes, size: int | None = None) -> bytes:
    """What Windows' packager writes."""
    head = b"\0\0\0\0\2\0" + name + b"\0C:\\somewhere\\" + name + b"\0" + b"\0\0\3\0" + b"\5\0\0\0" + b"temp\0"
    return head + struct.pack("<I", len(content) if size is None else size) + content


def test_what_the_packager_wrapped_comes_out_under_its_name() -> None:
    """The name as it is shown, not the path it once had."""
    assert ("Angebot ü.pdf", b"%PDF a\0b") == unwrap_package(native("Angebot ü.pdf".encode("cp1252"), b"%PDF a\0b"))


@pytest.mark.parametrize("data", [b"", b"\0" * 5, b"\0\0\0\0\2\0name", native(b"a", b"short", size=99)])
def test_a_wrapping_that_is_cut_off_is_no_file(data: bytes) -> None:
    """Half a file is not passed on as a whole one."""
    with pytest.raises((ValueError, struct.error)):
        unwrap_package(data)


def test_files_inserted_into_an_old_workbook_are_members(tmp_path: Path) -> None:
    """Whoever wrapped them; an object that holds no file, or a damaged one, is left out with the reason."""
    path = tmp_path / "x.xls"
    path.write_bytes(
        compound_file(
            {
                "Workbook": b"cells",
                "MBD0000000A": {"\x01Ole10Native": native(b"Offer.pdf", b"%PDF offer")},
                "MBD0000000B": {"CONTENTS": b"%PDF scan"},
                "MBD0000000C": {"Equation Native": b"x"},
                "MBD0000000D": {"\x01Ole10Native": native(b"a", b"short", size=99)},
                "_VBA_PROJECT_CUR": {"dir": b"x"},
            }
        )
    )
    found = Unpacked(old_workbook_entries, path)
    assert {"Offer.pdf": b"%PDF offer", "MBD0000000B": b"%PDF scan"} == found.contents
    assert {"MBD0000000C": "object", "MBD0000000D": "unreadable"} == found.skipped


def test_an_old_workbook_without_objects_has_no_members(tmp_path: Path) -> None:
    """Nor has one from before compound files."""
    (tmp_path / "a.xls").write_bytes(compound_file({"Workbook": b"cells"}))
    (tmp_path / "b.xls").write_bytes(b"\x09\x08\x10\0")
    assert ({}, {}) == (
        Unpacked(old_workbook_entries, tmp_path / "a.xls").contents,
        Unpacked(old_workbook_entries, tmp_path / "b.xls").contents,
    )
