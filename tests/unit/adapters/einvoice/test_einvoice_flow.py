"""A standalone e-invoice is laid out so that a person, or a model, reads all of it."""

from pathlib import Path

from quality.samples.content.invoices import COPPER, MUEHLE
from quality.samples.files.einvoice import cii, ubl
from shared.adapters.einvoice import EInvoiceParser, LxmlEInvoiceFile, LxmlEInvoices
from shared.document_types.vocabulary import einvoice_vocabulary
from shared.domain.content.blocks import Block, Cell, Flow, Paragraph, Table
from shared.ports.reading import SourceFile
from shared.testing.isolation import InlineIsolation

VOCABULARY = einvoice_vocabulary()


def other(file: SourceFile) -> Flow:
    """Stands for the parser of any XML."""
    yield Paragraph(f"other XML: {file.path.name}")


def flow(path: Path, xml: bytes) -> list[Block]:
    """The blocks of an XML file."""
    path.write_bytes(xml)
    return list(EInvoiceParser(VOCABULARY, other)(SourceFile(path)))


def tables(blocks: list[Block]) -> list[list[list[str]]]:
    """The cells' texts of each table."""
    return [[[cell.text for cell in row] for row in block.rows] for block in blocks if isinstance(block, Table)]


def test_terms_stand_beside_their_labels_rows_in_a_table_and_sums_below(tmp_path: Path) -> None:
    """As on any invoice, so that the same reading serves."""
    blocks = flow(tmp_path / "a.xml", cii(MUEHLE))
    assert Paragraph("Invoice (CII)", level=1) == blocks[0]
    head, rows, rates, sums = tables(blocks)
    assert [["Invoice number:", MUEHLE.number], ["Invoice date:", "2026-02-17"]] == head[:2]
    assert ["Line", "Description", "Quantity", "Unit", "Unit price", "VAT category", "VAT rate", "Amount"] == rows[0]
    assert ["1", "Roggenmischbrot 1000 g", "48", "C62", "2.85", "S", "7", "136.80"] == rows[1]
    assert (1 + len(MUEHLE.items), 3) == (len(rows), len(rates))
    assert ["Amount due:", str(MUEHLE.amount_due)] == sums[-1]


def test_a_number_is_set_to_the_right_and_its_header_repeats_on_each_page(tmp_path: Path) -> None:
    """Long tables stay readable by their columns."""
    table = next(
        block for block in flow(tmp_path / "a.xml", ubl(COPPER)) if isinstance(block, Table) and block.header == 0
    )
    first = list(table.rows)[1]
    assert [Cell("1", right=True), Cell("Logo and brand sheet"), Cell("1", right=True)] == first[:3]


def test_what_no_term_covers_is_shown_below_by_the_names_of_its_elements(tmp_path: Path) -> None:
    """Nothing of the file is hidden from a reviewer; a file inside is named, not spelled out."""
    more = (
        b"<cbc:AccountingCost>4711</cbc:AccountingCost><cac:AdditionalDocumentReference><cac:Attachment>"
        b'<cbc:EmbeddedDocumentBinaryObject filename="hours.pdf">QUJD</cbc:EmbeddedDocumentBinaryObject>'
        b"</cac:Attachment></cac:AdditionalDocumentReference></Invoice>"
    )
    blocks = flow(tmp_path / "a.xml", ubl(MUEHLE).replace(b"</Invoice>", more))
    start = blocks.index(Paragraph("Also in the file", level=2))
    left = [block.text for block in blocks[start + 1 :] if isinstance(block, Paragraph)]
    assert {
        "Invoice / AccountingCost: 4711",
        "Attachment / EmbeddedDocumentBinaryObject: (a file: hours.pdf)",
        "TaxScheme / ID: VAT (8 times)",
    } == set(left)


def test_every_text_is_shown_once(tmp_path: Path) -> None:
    """Neither lost nor doubled: a doubled total would look like two."""
    blocks = flow(tmp_path / "a.xml", cii(MUEHLE))
    cells = [cell for table in tables(blocks) for row in table for cell in row]
    for text in (MUEHLE.number, MUEHLE.seller.name, "Käsekuchen, ganz", str(MUEHLE.tax)):
        assert 1 == cells.count(text)


def test_other_xml_is_left_to_its_own_parser(tmp_path: Path) -> None:
    """Also when it is broken: who reads any XML says what is wrong with it."""
    for xml in (b"<hours/>", b"<hours", b"", b"<Invoice xmlns='urn:example'/>"):
        assert [Paragraph("other XML: a.xml")] == flow(tmp_path / "a.xml", xml)


async def test_an_xml_file_is_its_own_second_reading_when_it_is_an_e_invoice(tmp_path: Path) -> None:
    """Any other XML has none, and is no problem."""
    isolation = InlineIsolation()
    reader = LxmlEInvoices(isolation, VOCABULARY, LxmlEInvoiceFile(isolation, VOCABULARY))
    path = tmp_path / "a.xml"
    path.write_bytes(ubl(MUEHLE))
    found = await reader.read(SourceFile(path))
    assert found is not None
    assert ((MUEHLE.number,), None) == (found.terms["BT-1"], found.problem)
    path.write_bytes(b"<hours/>")
    assert await reader.read(SourceFile(path)) is None


async def test_an_e_invoice_that_breaks_off_has_a_problem(tmp_path: Path) -> None:
    """Its root tells what it was to be."""
    isolation = InlineIsolation()
    reader = LxmlEInvoices(isolation, VOCABULARY, LxmlEInvoiceFile(isolation, VOCABULARY))
    path = tmp_path / "a.xml"
    path.write_bytes(ubl(MUEHLE)[:600])
    found = await reader.read(SourceFile(path))
    assert found is not None
    assert "not well-formed" in str(found.problem)
