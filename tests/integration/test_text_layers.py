"""Real documents that have a text layer: they lie beside a checkout, and are not part of it."""

from pathlib import Path

import pytest

from shared.adapters.pdf import PyMuPDFReader
from shared.domain.reading.ocr_need import Ceiling
from shared.ports.reading import SourceFile
from shared.testing.isolation import InlineIsolation
from tests.unit.adapters.pdf.test_areas import read

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
real_documents = pytest.mark.skipif(not DATA.is_dir(), reason="the real documents (../shared/data) are not here")


@real_documents
@pytest.mark.parametrize("name", ["contracts", "invoices_en16931", "invoices_mixed"])
async def test_real_pages_with_a_text_layer_ask_for_no_ocr(name: str) -> None:
    """OCR costs a thousand times a text layer: on 680 pages of contracts and invoices not one call."""
    asked, count = [], 0
    for file in sorted((DATA / name / "files").glob("*.pdf")):
        pages = await PyMuPDFReader(InlineIsolation()).count(SourceFile(file))
        sources = await read(file, *range(1, pages + 1), model=Ceiling(32))
        count += len(sources)
        asked += [(file.name, source.page.number) for source in sources if source.wants_ocr or source.areas]
    assert ([], True) == (asked, count > 10)
