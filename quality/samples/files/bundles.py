"""Files that hold files: a mail with an invoice attached, and an archive with receipts and an archive in it."""

import zipfile
from dataclasses import replace
from datetime import date
from email.message import EmailMessage
from email.policy import SMTP
from io import BytesIO

from quality.samples.content import invoices, receipts
from quality.samples.content.words import AMERICAN, ENGLISH, FRENCH
from quality.samples.layouts.letter import letter
from quality.samples.layouts.slip import slip

_PACKED = (2026, 4, 1, 8, 0, 0)


def mail() -> bytes:
    """Return a mail with an invoice as a PDF, its text in two forms."""
    invoice = replace(invoices.HARBOUR, number="HB-2026-0502", issued=date(2026, 4, 14), due=date(2026, 5, 14))
    message = EmailMessage(policy=SMTP)
    message["Subject"] = f"Invoice {invoice.number}"
    message["From"] = "Harbourlight Sails Ltd <accounts@harbourlight.example>"
    message["To"] = "Tern & Petrel Rowing Club <treasurer@ternpetrel.example>"
    message["Date"] = "Tue, 14 Apr 2026 09:12:00 +0100"
    text = f"please find attached our invoice {invoice.number}."
    message.set_content(f"Dear treasurer,\n\n{text}\n\nHarbourlight Sails\n")
    message.add_alternative(f"<p>Dear treasurer,</p><p>{text}</p><p>Harbourlight Sails</p>", subtype="html")
    message.add_attachment(letter(invoice, ENGLISH), "application", "pdf", filename=f"{invoice.number}.pdf")
    message.set_boundary("harbourlight-mail")
    list(message.iter_parts())[0].set_boundary("harbourlight-text")  # noqa: RUF015 - a list has no typed next()
    return message.as_bytes()


def archive() -> bytes:
    """Return a ZIP of two receipts in folders; the older one lies in a ZIP of its own."""
    bistro = replace(receipts.BISTROT, day=date(2026, 3, 27), time="13:05")
    diner = replace(receipts.DINER, day=date(2026, 2, 11), time="08:31")
    older = pack_zip({"february/": b"", "february/diner.pdf": slip(diner, AMERICAN)})
    return pack_zip({"march/": b"", "march/bistrot.pdf": slip(bistro, FRENCH), "older.zip": older})


def pack_zip(members: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    """Return a ZIP in which time stands still; the same on every machine, unless a `method` compresses it."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name, data in members.items():
            file.writestr(zipfile.ZipInfo(name, _PACKED), data, method)
    return buffer.getvalue()


def bundles() -> dict[str, bytes]:
    """Return the files by their names."""
    return {"invoice-by-mail.eml": mail(), "receipts.zip": archive()}
