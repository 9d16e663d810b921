"""The committed samples are what the generator makes, and their answers are what the pages say."""

import json
import zipfile
from decimal import Decimal
from email import message_from_bytes
from io import BytesIO
from pathlib import Path

import numpy as np
import pymupdf
import pytest
from PIL import Image
from stdnum import iban
from stdnum.eu import vat

from quality.samples import __main__ as generator
from quality.samples.catalog import SAMPLES, Sample
from quality.samples.content.documents import Invoice, Item, Party
from quality.samples.content.invoices import COPPER
from quality.samples.content.labels import invoice_fields
from quality.samples.content.words import FRENCH, GERMAN, SWISS
from quality.samples.files.awkward import awkward
from quality.samples.files.bundles import bundles
from quality.samples.pages import HARD_PAGES, HardPage

COMMITTED = Path(__file__).resolve().parents[4] / "samples"
CLEAN_PDFS = [sample for sample in SAMPLES if sample.file.endswith(".pdf") and "scan" not in sample.file]
BY_NAME = {sample.file: sample for sample in SAMPLES}


def text_of(data: bytes) -> str:
    """The text layer of a PDF."""
    with pymupdf.open(stream=data, filetype="pdf") as document:
        return "\n".join(page.get_text() for page in document)


@pytest.mark.parametrize("sample", CLEAN_PDFS, ids=lambda sample: sample.file)
def test_a_printed_sample_is_made_the_same_byte_for_byte(sample: Sample) -> None:
    """What is committed is what the generator makes today, on any machine."""
    assert (COMMITTED / "files" / sample.file).read_bytes() == sample.make()


@pytest.mark.parametrize("name", ["factura-es.csv", "invoice-us.html"])
def test_a_text_sample_is_made_the_same_byte_for_byte(name: str) -> None:
    """As a printed one is."""
    assert (COMMITTED / "files" / name).read_bytes() == BY_NAME[name].make()


@pytest.mark.parametrize("name", ["invoice-en.docx", "rechnung-de.xlsx"])
def test_an_office_sample_is_made_the_same_part_by_part(name: str) -> None:
    """Compressors may differ between builds; what they compress does not, and no part tells when it was made."""
    committed, made = (_parts(data) for data in ((COMMITTED / "files" / name).read_bytes(), BY_NAME[name].make()))
    assert committed == made


def _parts(data: bytes) -> list[tuple[str, tuple[int, ...], bytes]]:
    """The name, the time and the content of each part of an office file."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return [(info.filename, info.date_time, archive.read(info)) for info in archive.infolist()]


@pytest.mark.parametrize("name", ["receipt-en-photo.jpg", "invoice-ie-scan.png"])
def test_a_scanned_sample_is_made_the_same_to_the_eye(name: str) -> None:
    """Encoders and rasterisers may differ in the last bit between builds, a page never by a grey level on average."""
    committed = np.asarray(Image.open(COMMITTED / "files" / name).convert("L"), dtype=np.int16)
    made = np.asarray(Image.open(BytesIO(BY_NAME[name].make())).convert("L"), dtype=np.int16)
    assert committed.shape == made.shape
    assert np.abs(committed - made).mean() < 1


def test_the_committed_answers_are_the_generators() -> None:
    """labels.jsonl is never edited by hand, and names every file there is."""
    lines = (COMMITTED / "labels.jsonl").read_text(encoding="utf-8").splitlines()
    assert [generator.label(sample) for sample in SAMPLES] == lines
    files = sorted(f"files/{path.name}" for path in (COMMITTED / "files").iterdir())
    assert sorted(json.loads(line)["file"] for line in lines) == files


@pytest.mark.parametrize("sample", CLEAN_PDFS, ids=lambda sample: sample.file)
def test_every_text_answer_stands_on_the_page(sample: Sample) -> None:
    """An answer that cannot be read off the page would punish a reader for being right."""
    page = text_of(sample.make()).replace(" ", "").replace("\n", "")
    names = [
        name
        for name in ("invoice_number", "seller_name", "buyer_name", "merchant_name", "iban")
        if name in sample.fields
    ]
    answers = [str(sample.fields[name]) for name in names]
    rows = sample.fields.get("line_items", [])
    answers += [str(row["description"]) for row in rows] if isinstance(rows, list) else []
    assert [] == [answer for answer in answers if answer.replace(" ", "") not in page]


def test_samples_stay_small() -> None:
    """Everybody clones them: under two and a half megabytes together."""
    assert sum(path.stat().st_size for path in COMMITTED.rglob("*") if path.is_file()) < 2_500_000


def test_scans_have_no_text_layer() -> None:
    """A scanned PDF holds images only, so that it exercises recognition."""
    assert ["", ""] == [
        text_of(BY_NAME[name].make()).strip() for name in ("factura-es-scan.pdf", "receipt-us-scan.pdf")
    ]


def test_tax_is_rounded_once_for_each_rate() -> None:
    """Two rows of 0.05 at 10 % owe 0.01, not 0.02: the sum of a rate is taxed, not each row."""
    row = Item("Peg", Decimal(1), Decimal("0.05"), Decimal(10))
    party = Party("A", ())
    invoice = Invoice("1", COPPER.issued, "EUR", party, party, (row, row))
    assert (Decimal("0.10"), Decimal("0.01"), Decimal("0.11")) == (invoice.net, invoice.tax, invoice.total)


def test_what_is_not_printed_is_not_an_answer() -> None:
    """The American layout shows no VAT id, no IBAN and no rate on the rows, so neither do its answers."""
    fields = invoice_fields(COPPER)
    assert {"seller_vat_id", "iban"}.isdisjoint(fields)
    rows = fields["line_items"]
    assert isinstance(rows, list)
    assert all("tax_rate" not in row for row in rows)


def test_numbers_are_printed_as_each_country_does() -> None:
    """Group and decimal signs follow the language."""
    amount = Decimal("1234.5")
    assert ["1.234,50", "1'234.50", "1 234,50"] == [words.money(amount) for words in (GERMAN, SWISS, FRENCH)]


def test_bank_and_tax_numbers_have_right_check_digits() -> None:
    """Otherwise a rule that checks them would reject a sample for a reason that is not on purpose."""
    ibans = [str(sample.fields["iban"]) for sample in SAMPLES if "iban" in sample.fields]
    ids = [str(sample.fields["seller_vat_id"]) for sample in SAMPLES if "seller_vat_id" in sample.fields]
    outside_eu = ("CHE", "GB")
    assert [] == [number for number in ibans if not iban.is_valid(number)]
    assert [] == [number for number in ids if not number.startswith(outside_eu) and not vat.is_valid(number)]


def test_the_awkward_files_are_made_the_same_byte_for_byte() -> None:
    """Even the encrypted one: its file id is fixed."""
    assert {path.name: path.read_bytes() for path in (COMMITTED / "awkward").iterdir()} == awkward()


def test_the_awkward_files_are_what_they_claim() -> None:
    """A PDF without pages, one that wants a password, one that a reader can only repair, and text that is no PDF."""
    files = awkward()
    with pymupdf.open(stream=files["no-pages.pdf"], filetype="pdf") as document:
        assert document.page_count == 0
    with pymupdf.open(stream=files["encrypted.pdf"], filetype="pdf") as document:
        assert document.needs_pass
    assert not files["text-named.pdf"].startswith(b"%PDF")
    assert b"%%EOF" not in files["cut-off.pdf"]


def test_the_bundles_are_made_the_same_byte_for_byte() -> None:
    """They are packed without compression, so that every machine makes the same bytes."""
    assert {path.name: path.read_bytes() for path in (COMMITTED / "bundles").iterdir()} == bundles()


def test_the_bundles_hold_what_they_claim() -> None:
    """A mail with a PDF, and a ZIP in a ZIP, whose documents are no copies of the other samples."""
    message = message_from_bytes(bundles()["invoice-by-mail.eml"])
    attached = [part.get_filename() for part in message.walk() if part.get_filename()]
    assert ["HB-2026-0502.pdf"] == attached
    with zipfile.ZipFile(BytesIO(bundles()["receipts.zip"])) as outer:
        assert ["march/", "march/bistrot.pdf", "older.zip"] == outer.namelist()
        with zipfile.ZipFile(BytesIO(outer.read("older.zip"))) as inner:
            assert ["february/", "february/diner.pdf"] == inner.namelist()
        assert outer.read("march/bistrot.pdf") not in {sample.make() for sample in CLEAN_PDFS}


@pytest.mark.parametrize("page", HARD_PAGES, ids=lambda page: page.file)
def test_a_page_to_put_in_order_is_made_the_same_byte_for_byte(page: HardPage) -> None:
    """The page and its lines are never edited by hand."""
    committed = COMMITTED / "pages" / page.file
    assert committed.read_bytes() == page.make()
    assert committed.with_suffix(".txt").read_text(encoding="utf-8").splitlines() == list(page.lines)
