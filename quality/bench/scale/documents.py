"""The small documents that are measured: invoices of one text page, alike but for their number."""

from copy import replace
from decimal import Decimal
from pathlib import Path

from quality.samples.content import invoices
from quality.samples.content.words import ENGLISH
from quality.samples.layouts.band import band_over
from quality.samples.layouts.table import Table


def make_documents(folder: Path, count: int) -> list[Path]:
    """Write `count` invoices as PDFs of one page into the new folder `folder`; the same ones each time."""
    folder.mkdir()
    table = Table(left=16, bottom=266, border="zebra", row_height=5.8, carries=False)
    files = [folder / f"small-{number:04d}.pdf" for number in range(count)]
    for number, file in enumerate(files):
        invoice = replace(invoices.HARBOUR, number=f"HB-2026-{1000 + number}", prepaid=Decimal(0))
        file.write_bytes(band_over(table, invoice, ENGLISH))
    return files
