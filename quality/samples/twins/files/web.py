"""Invoices as web pages, text, CSV and mails, and what is done to them."""

import csv
import io
from email.message import EmailMessage
from email.policy import SMTP

from quality.samples.content.documents import Invoice
from quality.samples.content.words import Words
from quality.samples.files.office import as_html
from quality.samples.files.sheet import sheet

_DECLARED = b'<meta charset="utf-8">'


def web_page(invoice: Invoice, words: Words, *changes: tuple[str, str]) -> bytes:
    """Return the invoice as a web page in which texts are replaced; every one of them must be there."""
    page = as_html(invoice, words).decode()
    for before, after in changes:
        if before not in page:
            raise ValueError(f"{before!r} is not in the page")
        page = page.replace(before, after, 1)
    return page.encode()


def declare_latin1(page: bytes) -> bytes:
    """Return the page in Windows-1252, calling itself ISO-8859-1."""
    declared = '<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1">'
    return page.decode().replace(_DECLARED.decode(), declared).encode("cp1252")


def plain_text(invoice: Invoice, words: Words) -> str:
    """Return the invoice as text with columns of spaces."""
    content = sheet(invoice, words)
    facts = [f"{label}: {value}" for label, value in content.facts]
    rows = [f"{cells[0]:<34}{cells[1]:>10}{cells[2]:>16}{cells[3]:>16}" for cells in (content.head, *content.rows)]
    sums = [f"{label:<44}{amount:>32}" for label, amount in content.sums]
    foot = [f"{label}: {value}" for label, value in content.foot]
    parts = (content.seller, content.buyer, (content.title,), facts, rows, sums, foot)
    return "\r\n\r\n".join("\r\n".join(part) for part in parts) + "\r\n"


def one_row_csv(invoice: Invoice, words: Words) -> bytes:
    """Return the invoice as a CSV with a heading and one row, as an export has it."""
    cells = {
        words.number: invoice.number,
        words.issued: words.day(invoice.issued),
        "Lieferant": invoice.seller.name,
        "Währung": invoice.currency,
        words.net: words.sum(invoice.net),
        words.tax: words.sum(invoice.tax),
        words.total: words.sum(invoice.total),
    }
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=";", lineterminator="\r\n").writerows([cells.keys(), cells.values()])
    return buffer.getvalue().encode()


def text_mail(subject: str, text: str, charset: str = "utf-8", declared: str | None = None) -> bytes:
    """Return a mail of one text part; `declared` is the charset that its header names, if another."""
    head = (
        "From: Accounts <accounts@sender.example>\r\nTo: office@receiver.example\r\n"
        f"Subject: {subject}\r\nDate: Tue, 17 Mar 2026 09:30:00 +0000\r\nMIME-Version: 1.0\r\n"
        f"Content-Type: text/plain; charset={declared or charset}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    )
    return head.encode() + text.encode(charset)


def mail_with_pdfs(subject: str, pdfs: dict[str, bytes]) -> bytes:
    """Return a mail with PDFs attached in base64, and a line of text."""
    message = EmailMessage(policy=SMTP)
    message["Subject"], message["From"], message["To"] = subject, "accounts@sender.example", "office@receiver.example"
    message["Date"] = "Tue, 17 Mar 2026 09:30:00 +0000"
    message.set_content("Please find our documents attached.\n")
    for name, data in pdfs.items():
        message.add_attachment(data, "application", "pdf", filename=name)
    message.set_boundary("twins-mail")
    return message.as_bytes()


def mail_with_binary_pdfs(subject: str, pdfs: dict[str, bytes]) -> bytes:
    """Return a mail whose attached PDFs are not encoded (RFC 3030, BINARYMIME)."""
    head = f"From: accounts@sender.example\r\nSubject: {subject}\r\nMIME-Version: 1.0\r\n".encode()
    parts = b"".join(
        f"--twins\r\nContent-Type: application/pdf; name={name}\r\nContent-Transfer-Encoding: binary\r\n\r\n".encode()
        + data
        + b"\r\n"
        for name, data in pdfs.items()
    )
    return head + b"Content-Type: multipart/mixed; boundary=twins\r\n\r\n" + parts + b"--twins--\r\n"


def rich_text(invoice: Invoice, words: Words, struck: str) -> bytes:
    """Return the invoice as RTF, with a struck number before its own; the rows stand between tabs."""
    content = sheet(invoice, words)
    number = rf"{words.number}: {{\strike {struck}}} {invoice.number}"
    facts = [f"{label}: {value}" for label, value in content.facts[1:]]
    rows = [r"\tab ".join(cells) for cells in (content.head, *content.rows, *content.sums)]
    foot = [f"{label}: {value}" for label, value in content.foot]
    lines = [*content.seller, "", *content.buyer, "", content.title, number, *facts, "", *rows, "", *foot]
    tabs = r"\pard\tx4500\tx6000\tx7800 "
    return (r"{\rtf1\ansi\ansicpg1252 " + tabs + r"\par ".join(lines).replace("£", r"\'a3") + "}").encode("ascii")
