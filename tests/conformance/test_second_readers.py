"""What holds for every EmbeddedDataReader of real files, read in real child processes."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pymupdf
import pytest

from quality.samples.content.invoices import ALPEN
from quality.samples.files.einvoice import cii, ubl
from shared.adapters.einvoice import LxmlEInvoiceFile, LxmlEInvoices
from shared.adapters.isolation import ProcessPool
from shared.adapters.pdf import PyMuPDFEInvoice
from shared.document_types.vocabulary import einvoice_vocabulary
from shared.ports.reading import EInvoiceSource, EmbeddedDataReader, SourceFile

DECLARING = b"""<?xml version="1.0"?><!DOCTYPE Invoice [<!ENTITY a "ha">]>
<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"><ID>&a;</ID></Invoice>"""


def as_pdf(xml: bytes, name: str = "factur-x.xml") -> bytes:
    """A PDF that carries the XML."""
    document: Any = pymupdf.open()
    document.new_page().insert_text((50, 100), "Rechnung")
    document.embfile_add(name, xml, filename=name)
    data: bytes = document.tobytes()
    return data


@pytest.fixture(scope="module")
def pool() -> Iterator[ProcessPool]:
    made = ProcessPool(size=1, seconds=30, memory_bytes=1 << 30, preload=["pymupdf"])
    yield made
    made.close()


@pytest.fixture(params=["pdf", "xml"])
def case(request: pytest.FixtureRequest, pool: ProcessPool) -> tuple[EmbeddedDataReader, Callable[[bytes], bytes]]:
    """A reader, and how XML becomes a file for it."""
    vocabulary = einvoice_vocabulary()
    source: EInvoiceSource = PyMuPDFEInvoice(pool) if request.param == "pdf" else LxmlEInvoiceFile(pool, vocabulary)
    return LxmlEInvoices(pool, vocabulary, source), as_pdf if request.param == "pdf" else bytes


@pytest.mark.parametrize("write", [cii, ubl], ids=["cii", "ubl"])
async def test_the_terms_and_rows_of_an_e_invoice_are_read(case: Any, write: Any, tmp_path: Path) -> None:
    """Whatever carries it."""
    reader, made = case
    (tmp_path / "file").write_bytes(made(write(ALPEN)))
    found = await reader.read(SourceFile(tmp_path / "file"))
    assert (None, (str(ALPEN.total),), len(ALPEN.items)) == (
        found.problem,
        found.terms["BT-112"],
        len(found.groups["BG-25"]),
    )


@pytest.mark.parametrize("xml", [DECLARING, cii(ALPEN)[:900]], ids=["declares an entity", "cut off"])
async def test_a_hostile_or_broken_e_invoice_is_a_problem(case: Any, xml: bytes, tmp_path: Path) -> None:
    """Never an exception, because the file's pages can be read all the same; never a reading."""
    reader, made = case
    (tmp_path / "file").write_bytes(made(xml))
    found = await reader.read(SourceFile(tmp_path / "file"))
    assert (True, {}, {}) == (bool(found.problem), found.terms, found.groups)


async def test_a_file_without_an_e_invoice_has_no_reading(case: Any, tmp_path: Path) -> None:
    """Other data in it belongs to somebody else."""
    reader, made = case
    (tmp_path / "file").write_bytes(made(b"<hours/>") if made is bytes else as_pdf(b"<hours/>", "hours.xml"))
    assert await reader.read(SourceFile(tmp_path / "file")) is None
