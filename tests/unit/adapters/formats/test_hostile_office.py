"""What comes out of the office files of the hostile sets, at the level of the reader."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.adapters.formats.sniffer import PuremagicSniffer
from shared.adapters.isolation import ProcessPool
from shared.bootstrap import PRELOADED
from shared.bootstrap_formats import readers
from shared.domain.base.errors import Unreadable
from shared.domain.content.formats import unsupported_format
from shared.ports.reading import SourceFile
from shared.settings import Settings

ROOT = Path(__file__).resolve().parents[4]
HOSTILE = ROOT.parent / "shared" / "data" / "hostile"
EXPECTED = (
    ("office_plain_ok", ".*", "read"),
    ("type_(docx|pptx|odt|ods|rtf|html|txt|csv|xml|xls)", ".*", "read"),
    ("type_xlsx", "(?!.*embeddedPDF).*", "read"),
    ("type_xlsx", ".*embeddedPDF", "no_pages"),  # its one sheet is empty but for the embedded file
    ("type_doc", ".*", "unsupported"),
    ("office_fuzz", r".*POIHSSFFuzzer-5285517825277952", "read"),  # damaged where no cell stands
    ("office_fuzz", r".*POI(XSSF|XWPF|XSLF|HSSF|)Fuzzer.*|.*XLSX2CSV.*", "unreadable"),
    ("office_fuzz", r".*\.doc", "unsupported"),
    ("office_encrypted", r".*(password\.xls|protectedFile|is-pass|passtika_2)", "password_required"),
    ("office_encrypted", ".*revision_protected", "no_pages"),  # protected from changes, and its sheets are empty
    ("office_encrypted", ".*(_protected|-2013|no_password|exception).*(xlsx|docx|xml)", "read"),  # only from changes
    ("office_encrypted", r".*\.(doc|ppt)", "unsupported"),
    ("office_malformed", r".*\.(docx|odt|rtf|xml|html)", "read"),
    ("office_malformed", r".*\.doc", "unsupported"),
    ("gen_hostile", r".*(xxe|billion_laughs)\.xml", "unreadable"),
)
"""Folder, file, outcome; the first that fits. `reject_cleanly` was set by category: what is read is not damaged."""


def expected(path: Path) -> str | None:
    """The outcome of a file; None for formats that others read."""
    for folder, name, outcome in EXPECTED:
        if re.fullmatch(folder, path.parent.name) and re.match(name, path.name):
            return outcome
    return None


SAMPLES = {
    "bomb.docx": "too_large",
    "entities.docx": "unreadable",
    "entities.xml": "unreadable",
    "external-entity.xml": "unreadable",
    "deep.xml": "unreadable",
    "deep.html": "no_pages",
    "long-line.csv": "read",
}
"""Files of samples/hostile."""


@pytest.fixture(scope="module")
def pool() -> Iterator[ProcessPool]:
    made = ProcessPool(1, 60, 2 << 30, PRELOADED)
    yield made
    made.close()


async def outcome(pool: ProcessPool, path: Path) -> str:
    """`read`, or the code with which the file is refused."""
    known = readers(Settings(), pool)
    try:
        media_type = await PuremagicSniffer(pool).media_type(path)
        if media_type not in known:
            raise unsupported_format(media_type, known)
        await known[media_type].count(SourceFile(path))
    except Unreadable as refusal:
        return refusal.code
    return "read"


@pytest.mark.skipif(not HOSTILE.exists(), reason="the hostile set lies beside the repository only where it was laid")
@pytest.mark.timeout(300)
async def test_every_office_file_has_its_outcome(pool: ProcessPool, tmp_path: Path) -> None:
    """Broken, locked and fuzzed files end in a word that says what to do; what can be read is read."""
    found, wanted = {}, {}
    for path in sorted(HOSTILE.glob("*/*")):
        if expected(path) is not None:
            copy = tmp_path / path.name
            shutil.copy(path, copy)
            name = f"{path.parent.name}/{path.name}"
            wanted[name], found[name] = expected(path), await outcome(pool, copy)
    assert wanted == found


@pytest.mark.parametrize("name", SAMPLES)
async def test_an_office_sample_has_its_outcome(pool: ProcessPool, tmp_path: Path, name: str) -> None:
    """Bombs, entities and endless nesting are refused; what is only long is read."""
    shutil.copy(ROOT / "samples" / "hostile" / "files" / name, tmp_path)
    assert SAMPLES[name] == await outcome(pool, tmp_path / name)
