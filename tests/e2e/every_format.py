"""One small file of each readable format, each an invoice with a number of its own."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from email.message import EmailMessage
from typing import NamedTuple

from PIL import Image, ImageDraw, ImageFont
from pptx import Presentation

from quality.samples.content.invoices import HARBOUR
from quality.samples.content.words import ENGLISH
from quality.samples.files.einvoice import cii
from quality.samples.files.office import as_csv, as_docx, as_html, as_xlsx
from tests.e2e.documents import invoice

OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"


class Inside(NamedTuple):
    """A file of a packet, how many pages it has, and how they are read."""

    data: bytes
    pages: int = 1
    source: str = "text"


def lines(number: str) -> list[str]:
    """What stands in each file."""
    return [
        "Fernlicht Optics Ltd",
        "Invoice",
        f"Invoice no.: {number}",
        "Invoice date: 2026-03-09",
        "Net total: EUR 100.00",
        "VAT 19 %: EUR 19.00",
        "Grand total: EUR 119.00",
    ]


def packet() -> dict[str, Inside]:
    """The files by their names."""
    files = {
        "text.pdf": Inside(invoice("K-1")),
        "scan.pdf": picture("K-2", "PDF", pages=2),
        "photo.jpg": picture("K-3", "JPEG"),
        "screen.png": picture("K-4", "PNG"),
        "fax.tif": picture("K-5", "TIFF", pages=2),
        "web.webp": picture("K-6", "WEBP"),
        "old.bmp": picture("K-7", "BMP"),
        "older.gif": picture("K-8", "GIF"),
        "new.avif": picture("K-9", "AVIF"),
        "archive.jp2": picture("K-10", "JPEG2000"),
        "slides.pptx": Inside(slides("K-14", "K-14b"), 2),
        "free.odt": Inside(open_document("text", "".join(f"<text:p>{line}</text:p>" for line in lines("K-15")))),
        "free.ods": Inside(open_document("spreadsheet", table(lines("K-16")))),
        "letter.rtf": Inside((r"{\rtf1\ansi " + r"\par ".join(lines("K-17")) + "}").encode()),
        "plain.txt": Inside("\n".join(lines("K-18")).encode()),
        "notes.md": Inside("\n\n".join(["# Notes", *lines("K-19")]).encode()),
        "data.xml": Inside(
            f'<?xml version="1.0"?><order>{"".join(f"<line>{line}</line>" for line in lines("K-20"))}</order>'.encode()
        ),
        "e-invoice.xml": Inside(cii(replace(HARBOUR, number="K-21"))),
    }
    made: dict[str, Callable[..., bytes]] = {"docx": as_docx, "xlsx": as_xlsx, "csv": as_csv, "html": as_html}
    for count, (suffix, make) in enumerate(made.items(), 31):
        files[f"office.{suffix}"] = Inside(make(replace(HARBOUR, number=f"K-{count}"), ENGLISH))
    return files


def picture(number: str, encoding: str, pages: int = 1) -> Inside:
    """Each page as a small picture of the text."""
    font = ImageFont.load_default(size=22)
    drawn = []
    for page in range(1, pages + 1):
        image = Image.new("RGB", (420, 260), "white")
        ImageDraw.Draw(image).text((20, 16), "\n".join([*lines(number), f"Page {page}"]), "black", font)
        drawn.append(image)
    buffer = io.BytesIO()
    more = {"save_all": True, "append_images": drawn[1:]} if pages > 1 else {}
    drawn[0].save(buffer, encoding, **more)
    return Inside(buffer.getvalue(), pages, "ocr")


def slides(*numbers: str) -> bytes:
    """A presentation with a slide for each number."""
    show = Presentation()
    for number in numbers:
        slide = show.slides.add_slide(show.slide_layouts[1])
        slide.shapes.title.text, slide.placeholders[1].text = "Invoice", "\n".join(lines(number))
    buffer = io.BytesIO()
    show.save(buffer)
    return buffer.getvalue()


def open_document(kind: str, body: str) -> bytes:
    """An ODT or ODS with nothing but its content."""
    spaces = f'xmlns:office="{OFFICE}" xmlns:text="{TEXT}" xmlns:table="{TABLE}"'
    content = f"<office:{kind}>{body}</office:{kind}>"
    xml = f"<office:document-content {spaces}><office:body>{content}</office:body></office:document-content>"
    return zipped({"mimetype": f"application/vnd.oasis.opendocument.{kind}".encode(), "content.xml": xml.encode()})


def table(texts: list[str]) -> str:
    """A sheet with a row for each text."""
    cells = "".join(
        f"<table:table-row><table:table-cell><text:p>{text}</text:p></table:table-cell></table:table-row>"
        for text in texts
    )
    return f'<table:table table:name="Invoice">{cells}</table:table>'


def mail(attachment: bytes) -> bytes:
    """A mail with a PDF attached."""
    message = EmailMessage()
    message["Subject"] = "Your invoice"
    message["From"] = "Fernlicht Optics <office@fernlicht.example>"
    message.set_content("Please find it attached.\n")
    message.add_attachment(attachment, "application", "pdf", filename="attached.pdf")
    return message.as_bytes()


def zipped(members: dict[str, bytes]) -> bytes:
    """A ZIP; the first member is not compressed, because an OpenDocument file begins with its type."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number, (name, data) in enumerate(members.items()):
            archive.writestr(name, data, zipfile.ZIP_DEFLATED if number else zipfile.ZIP_STORED)
    return buffer.getvalue()
