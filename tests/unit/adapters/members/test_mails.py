"""Mails: what a person reads of them becomes one document, each file one of its own."""

import base64
from email.message import EmailMessage
from pathlib import Path

import pytest

from shared.adapters.formats.sniffer import sniff
from shared.adapters.members.mail import mail_entries, mbox_entries
from tests.unit.adapters.members.unpacked import Unpacked

LOGO = b"\x89PNG\r\n\x1a\n" + bytes(500)
PHOTO = b"\x89PNG\r\n\x1a\n" + bytes(40_000)


def mail(subject: str = "Grüße") -> EmailMessage:
    made = EmailMessage()
    made["Subject"] = subject
    made["From"] = "Ann <ann@example.org>"
    made["To"] = "bob@example.org"
    made["Date"] = "Wed, 25 Nov 2026 10:00:00 +0000"
    return made


def unpacked(tmp_path: Path, message: EmailMessage | bytes) -> Unpacked:
    file = tmp_path / "mail"
    file.write_bytes(message if isinstance(message, bytes) else message.as_bytes())
    return Unpacked(mail_entries, file)


def test_head_and_text_are_one_document(tmp_path: Path) -> None:
    """Plain text becomes HTML with the head above it, so that it is not taken for a mail again."""
    message = mail()
    message.set_content("Total < 5 €\nBye\n")
    found = unpacked(tmp_path, message)
    body = found.contents["body.html"].decode("utf-8-sig")
    heads = [
        "<b>Subject:</b> Grüße",
        "<b>From:</b> Ann &lt;ann@example.org&gt;",
        "<b>To:</b> bob@example.org",
        "<b>Date:</b>",
    ]
    assert [True] * 4 == [head in body for head in heads]
    assert "<pre>Total &lt; 5 €\nBye\n</pre>" in body
    assert "text/html" == sniff(str(found.folder / "00001"))


def test_html_is_preferred_and_the_other_form_is_accounted_for(tmp_path: Path) -> None:
    """The head goes into the body of the HTML; the plain form is left out as the same in another form."""
    message = mail()
    message.set_content("plain")
    message.add_alternative("<html><body class='x'><p>rich</p></body></html>", subtype="html")
    found = unpacked(tmp_path, message)
    body = found.contents["body.html"].decode("utf-8-sig")
    assert body.index("<body class='x'>") < body.index("Subject:") < body.index("<p>rich</p>")
    assert {"text.txt": "alternative"} == found.skipped


def test_each_attachment_is_a_file_with_its_own_name(tmp_path: Path) -> None:
    """Encoded names are read; a text that is attached is a file, not part of the mail's text."""
    message = mail()
    message.set_content("see below")
    message.add_attachment(b"%PDF-1.7", "application", "pdf", filename="Rechnung März.pdf")
    message.add_attachment("a;b\n", subtype="csv", filename="rows.csv")
    message.add_attachment(b"bytes", "application", "octet-stream")
    found = unpacked(tmp_path, message)
    assert ["body.html", "Rechnung März.pdf", "rows.csv", "attachment.bin"] == [member.name for member in found.members]
    assert b"%PDF-1.7" == found.contents["Rechnung März.pdf"]


def test_a_mail_inside_a_mail_is_a_mail(tmp_path: Path) -> None:
    """Also one that a program encoded, against the standard."""
    inner = mail("inner")
    inner.set_content("hello")
    message = mail("outer")
    message.set_content("forwarded")
    message.add_attachment(inner)
    found = unpacked(tmp_path, message)
    assert ["body.html", "inner.eml"] == [member.name for member in found.members]
    assert "message/rfc822" == sniff(str(found.folder / "00002"))
    encoded = (
        b"Subject: outer\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n--x\n"
        b"Content-Type: message/rfc822; name=in.eml\nContent-Transfer-Encoding: base64\n\n"
        + base64.encodebytes(inner.as_bytes())
        + b"\n--x--\n"
    )
    (tmp_path / "second").mkdir()
    assert b"Subject: inner" in unpacked(tmp_path / "second", encoded).contents["in.eml"]


def test_a_small_picture_in_the_text_is_a_logo_and_a_large_one_a_document(tmp_path: Path) -> None:
    """People paste photographs of receipts into mails, and programs put logos there."""
    message = mail()
    message.set_content("<p><img src='cid:logo'><img src='cid:photo'></p>", subtype="html")
    message.add_related(LOGO, "image", "png", cid="<logo>", filename="logo.png")
    message.add_related(PHOTO, "image", "png", cid="<photo>", filename="photo.png")
    message.add_attachment(LOGO, "image", "png", filename="scan.png")
    found = unpacked(tmp_path, message)
    assert ({"logo.png": "inline"}, ["body.html", "photo.png", "scan.png"]) == (found.skipped, list(found.contents))


def test_a_file_among_the_forms_of_a_text_is_not_lost(tmp_path: Path) -> None:
    """Some programs put attachments where only forms of one text belong."""
    message = mail()
    message.set_content("plain")
    message.add_alternative("<p>rich</p>", subtype="html")
    message.attach(attached := EmailMessage())
    attached.set_content(b"%PDF-1.7", "application", "pdf", filename="a.pdf")
    found = unpacked(tmp_path, message)
    assert (["body.html", "a.pdf"], ["text.txt"]) == (list(found.contents), list(found.skipped))


@pytest.mark.parametrize(
    ("header", "text", "read"),
    [
        ("text/plain; charset=iso-8859-15", "5 €".encode("iso-8859-15"), "5 €"),
        ("text/plain; charset=nonsense", "ü".encode(), "ü"),
        ("text/plain", "ü".encode("cp1252"), "ü"),
        ("text/html", "<meta charset='iso-8859-2'>ř".encode("iso-8859-2"), "ř"),
    ],
)
def test_letters_are_read_by_whatever_says_their_set(tmp_path: Path, header: str, text: bytes, read: str) -> None:
    """The header, the HTML itself, or what the bytes allow."""
    found = unpacked(tmp_path, f"Subject: x\nContent-Type: {header}\n\n".encode() + text)
    assert read in found.contents["body.html"].decode("utf-8-sig")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"Subject: =?x?q?broken?=\nFrom: =?utf-8?b?!!!?=\nDate: never\n\nhi",
        b"Content-Type: multipart/mixed\n\nno boundary",
        b"Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: multipart/mixed; boundary=a\n\n--a\n\nx",
        b"Content-Type: application/pdf; name*=utf-99''x\nContent-Transfer-Encoding: base64\n\n####",
        b"Content-Type: message/rfc822\n\n",
        b"Subject: \xff\xfe\n\n\x00\x01",
    ],
)
def test_a_broken_mail_is_read_as_far_as_it_goes(tmp_path: Path, data: bytes) -> None:
    """Its document is always there, and nothing is raised that no one expects."""
    assert "body.html" == unpacked(tmp_path, data).members[0].name


def test_the_mails_of_a_mailbox_are_mails(tmp_path: Path) -> None:
    """One after the other, also when the file was taken for a single mail."""
    file = tmp_path / "box"
    file.write_bytes(b"".join(b"From x Mon Jun 01 10:00:00 2009\nSubject: %d\n\nhi\n\n" % number for number in (1, 2)))
    assert [b"Subject: 1\n\nhi\n", b"Subject: 2\n\nhi\n"] == list(Unpacked(mbox_entries, file).contents.values())
    again = file.rename(tmp_path / "again")
    assert ["mail 1.eml", "mail 2.eml"] == list(Unpacked(mail_entries, again).contents)
