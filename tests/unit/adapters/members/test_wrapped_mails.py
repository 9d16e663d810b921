"""Mails whose content is wrapped (TNEF, S/MIME, PGP, uuencode) or not there: nothing is lost in silence."""

import base64
import binascii
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from cryptography.x509.oid import NameOID

from shared.adapters.formats.sniffer import sniff
from shared.adapters.members.mail import mail_entries, smime_entries, tnef_entries
from shared.adapters.members.mail.formats.uuencoded import uuencoded_entries
from shared.domain.base.errors import Unreadable
from tests.unit.adapters.members.mails import BINARY, HEAD, PDF, body, write
from tests.unit.adapters.members.test_mails import mail, unpacked
from tests.unit.adapters.members.tnef import (
    ATTACHED_DATA,
    ATTACHMENT_PROPERTIES,
    BODY,
    CODE_PAGE,
    IMESSAGE,
    MESSAGE_PROPERTIES,
    RENDERING,
    SUBJECT,
    attachment,
    attribute,
    property_list,
    tnef,
)
from tests.unit.adapters.members.unpacked import Unpacked


def uuencode(data: bytes, name: str = "a.pdf") -> str:
    """A uuencoded file, as mail programs write it: without the blanks at the ends of lines."""
    pieces = (data[place : place + 45] for place in range(0, len(data), 45))
    lines = [binascii.b2a_uu(piece).decode().rstrip() for piece in pieces]
    return "\n".join([f"begin 644 {name}", *lines, "`", "end", ""])


def test_uuencoded_files_are_members(tmp_path: Path) -> None:
    """In the text of a mail, as its transfer encoding, and as a file by itself; one that is cut off is reported."""
    message = mail()
    message.set_content(f"Hello\n{uuencode(PDF)}Bye\n")
    found = unpacked(tmp_path, message)
    assert PDF == found.contents["a.pdf"]
    assert ["begin" in body(found), "Bye" in body(found), "intray-not-read" in body(found)] == [False, True, False]
    encoded = HEAD + b"Content-Type: application/pdf; name=b.pdf\r\nContent-Transfer-Encoding: x-uuencode\r\n\r\n"
    assert PDF == Unpacked(mail_entries, write(tmp_path / "cte", encoded + uuencode(PDF).encode())).contents["b.pdf"]
    file = write(tmp_path / "file", f"As promised:\n{uuencode(PDF)}{uuencode(b'x' * 50, 'b.bin')}".encode())
    assert "text/x-uuencode" == sniff(str(file))
    assert {"text.txt": b"As promised:\n", "a.pdf": PDF, "b.bin": b"x" * 50} == Unpacked(
        uuencoded_entries, file
    ).contents
    message.set_content(f"Hello\n{uuencode(PDF)[:300]}")
    cut = Unpacked(mail_entries, write(tmp_path / "cut", message.as_bytes()))
    assert ({"a.pdf": "unreadable"}, True) == (cut.skipped, "mail_part" in body(cut))
    block = f"begin-base64 644 c.bin\n{base64.encodebytes(PDF).decode()}====\n".encode()
    assert PDF == Unpacked(uuencoded_entries, write(tmp_path / "b64", block)).contents["c.bin"]


def test_text_that_only_says_begin_is_text(tmp_path: Path) -> None:
    """Sentences begin so, and so does source code."""
    for number, text in enumerate((b"begin 644 lines of text\nand more of it, later\n", b"begin\n  writeln(5)\nend\n")):
        assert "text/plain" == sniff(str(write(tmp_path / str(number), text)))


OUTLOOK = tnef(
    attribute(1, CODE_PAGE, (1252).to_bytes(4, "little") + bytes(4)),
    attribute(1, SUBJECT, b"Rechnung M\xe4rz\0"),
    attribute(1, BODY, "Gesamt 5 €\0".encode("cp1252")),
    attribute(
        1,
        MESSAGE_PROPERTIES,
        property_list([
            (0x0003, 0x0017, b"\x01"),
            (0x001E, 0x8005, b"named\0"),
            (0x001F, 0x0C1A, "Ann Müller\0".encode("utf-16-le")),
        ]),
    ),
    attachment(b"RECHNU~1.PDF", PDF, (0x001F, 0x3707, "Rechnung März.pdf\0".encode("utf-16-le"))),
    attachment(b"b.bin", b"x"),
)  # fmt: skip


def test_a_tnef_file_is_a_mail(tmp_path: Path) -> None:
    """Its text with the head, and each attachment under its long name."""
    file = write(tmp_path / "winmail.dat", OUTLOOK)
    assert "application/vnd.ms-tnef" == sniff(str(file))
    found = Unpacked(tnef_entries, file)
    assert ["body.html", "Rechnung März.pdf", "b.bin"] == list(found.contents)
    assert (PDF, b"x") == (found.contents["Rechnung März.pdf"], found.contents["b.bin"])
    head = ["<b>Subject:</b> Rechnung März", "<b>From:</b> Ann Müller", "<pre>Gesamt 5 €</pre>"]
    assert [True] * 3 == [part in body(found) for part in head]


def test_tnef_in_a_mail_counts_as_the_mails_own_parts(tmp_path: Path) -> None:
    """Its text is the mail's text again, where the mail has one; a message inside it is a mail."""
    message = mail()
    message.set_content("Gesamt 5")
    message.add_attachment(OUTLOOK, "application", "ms-tnef", filename="winmail.dat")
    found = unpacked(tmp_path, message)
    names = ["body.html", "text.txt", "Rechnung März.pdf", "b.bin"]
    assert (names, {"text.txt": "alternative"}) == ([member.name for member in found.members], found.skipped)
    bare = mail()
    bare.set_content(OUTLOOK, "application", "octet-stream", filename="winmail.dat")
    only = Unpacked(mail_entries, write(tmp_path / "bare", bare.as_bytes()))
    assert (["body.html", "Rechnung März.pdf", "b.bin"], True) == (list(only.contents), "Gesamt 5 €" in body(only))
    inner = property_list([(0x000D, 0x3701, IMESSAGE + OUTLOOK), (0x001E, 0x3001, b"Fwd\0")])
    nested = tnef(attribute(2, RENDERING, bytes(14)), attribute(2, ATTACHMENT_PROPERTIES, inner))
    outer = Unpacked(tnef_entries, write(tmp_path / "nested", nested))
    assert ["body.html", "Fwd.eml"] == list(outer.contents)
    assert PDF == Unpacked(mail_entries, outer.folder / "00002").contents["Rechnung März.pdf"]


@pytest.mark.parametrize("damage", [OUTLOOK[:-100], OUTLOOK[:10], OUTLOOK.replace(b"1 0 obj", b"2 0 obj")])
def test_a_damaged_tnef_file_is_refused(tmp_path: Path, damage: bytes) -> None:
    """One that is cut off, and one whose checksum does not fit; in a mail it stays a file, which is refused then."""
    with pytest.raises(Unreadable) as caught:
        Unpacked(tnef_entries, write(tmp_path / "x", damage))
    assert "unreadable" == caught.value.code
    message = mail()
    message.set_content("x")
    message.add_attachment(damage, "application", "ms-tnef", filename="winmail.dat")
    assert damage == Unpacked(mail_entries, write(tmp_path / "mail", message.as_bytes())).contents["winmail.dat"]


def test_a_tnef_attachment_without_data_is_empty(tmp_path: Path) -> None:
    """It is left out for that, as any empty member is."""
    bare = tnef(attribute(2, RENDERING, bytes(14)), attribute(2, ATTACHED_DATA, b""))
    assert {"attachment": "empty"} == Unpacked(tnef_entries, write(tmp_path / "x", bare)).skipped


KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Ann")])
NOW = datetime(2026, 11, 29, tzinfo=UTC)
CERTIFICATE = (
    x509.CertificateBuilder()
    .subject_name(NAME)
    .issuer_name(NAME)
    .public_key(KEY.public_key())
    .serial_number(1)
    .not_valid_before(NOW)
    .not_valid_after(NOW + timedelta(days=1))
    .sign(KEY, hashes.SHA256())
)


def sign(data: bytes, *options: pkcs7.PKCS7Options, encoding: Encoding = Encoding.DER) -> bytes:
    """A signed message; opaque, unless the options say otherwise."""
    builder = pkcs7.PKCS7SignatureBuilder().set_data(data).add_signer(CERTIFICATE, KEY, hashes.SHA256())
    return builder.sign(encoding, [pkcs7.PKCS7Options.Binary, *options])


def encrypt(data: bytes) -> bytes:
    """An encrypted message."""
    builder = pkcs7.PKCS7EnvelopeBuilder().set_data(data).add_recipient(CERTIFICATE)
    return builder.encrypt(Encoding.DER, [pkcs7.PKCS7Options.Binary])


def smime_mail(data: bytes) -> bytes:
    """A mail that is an S/MIME message as a whole."""
    head = HEAD + b"Content-Type: application/pkcs7-mime; name=smime.p7m\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return head + base64.encodebytes(data)


ENTITY = BINARY.removeprefix(HEAD) + b"--Q\r\nContent-Type: text/plain\r\n\r\nTotal 5\r\n--Q--\r\n"


def test_what_is_signed_is_read(tmp_path: Path) -> None:
    """A mail that is signed as a whole counts as the mail that it is; a signed PDF or XML is that file."""
    found = unpacked(tmp_path, smime_mail(sign(ENTITY)))
    assert (PDF, True, True) == (found.contents["a.pdf"], "Total 5" in body(found), "Invoices" in body(found))
    for name, data in (
        ("der", sign(PDF)),
        ("pem", sign(PDF, encoding=Encoding.PEM)),
        ("b64", base64.b64encode(sign(PDF))),
    ):
        file = write(tmp_path / name, data)
        assert "application/pkcs7-mime" == sniff(str(file))
        assert {"content": PDF} == Unpacked(smime_entries, file).contents
    file = Unpacked(smime_entries, write(tmp_path / "entity", sign(ENTITY))).folder / "00001"
    assert "message/rfc822" == sniff(str(file))


def test_what_is_encrypted_says_so(tmp_path: Path) -> None:
    """In a mail it stays a file, and that file is refused; a signature alone holds nothing."""
    found = unpacked(tmp_path, smime_mail(encrypt(ENTITY)))
    assert ["body.html", "smime.p7m"] == list(found.contents)
    codes = {}
    for name, data in (
        ("encrypted", encrypt(PDF)),
        ("alone", sign(PDF, pkcs7.PKCS7Options.DetachedSignature)),
        ("cut", sign(PDF)[:400]),
    ):
        file = write(tmp_path / name, data)
        assert "application/pkcs7-mime" == sniff(str(file))
        with pytest.raises(Unreadable) as caught:
            Unpacked(smime_entries, file)
        codes[name] = caught.value.code
    assert {"encrypted": "unsupported", "alone": "empty", "cut": "unreadable"} == codes


def test_a_mail_with_a_detached_signature_is_read(tmp_path: Path) -> None:
    """multipart/signed: its first part is the content."""
    text = b"Content-Type: text/plain\r\n\r\nTotal 5\r\n"
    signature = b"Content-Type: application/pkcs7-signature; name=smime.p7s\r\n\r\nabc\r\n"
    message = (
        HEAD
        + b"Content-Type: multipart/signed; boundary=Q\r\n\r\n--Q\r\n"
        + text
        + b"--Q\r\n"
        + signature
        + b"--Q--\r\n"
    )
    found = unpacked(tmp_path, message)
    assert ({"smime.p7s": "signature"}, True) == (found.skipped, "Total 5" in body(found))


PGP = "-----BEGIN PGP MESSAGE-----\n\nhIwDY32hYGCE8MkBA\n=zzaA\n-----END PGP MESSAGE-----\n"


def test_pgp_messages_are_files_that_nobody_can_read(tmp_path: Path) -> None:
    """In the text of a mail, or as its content; each is refused as what it is."""
    message = mail()
    message.set_content(f"Hello\n\n{PGP}\nBye")
    found = unpacked(tmp_path, message)
    assert (["body.html", "message.asc"], False) == (list(found.contents), "hIwDY32h" in body(found))
    assert "application/pgp-encrypted" == sniff(str(found.folder / "00002"))
    encrypted = (
        HEAD
        + b"Content-Type: multipart/encrypted; boundary=Q\r\n\r\n--Q\r\nContent-Type: application/pgp-encrypted\r\n\r\n"
        b"Version: 1\r\n--Q\r\nContent-Type: application/octet-stream; name=encrypted.asc\r\n\r\n"
        + PGP.encode()
        + b"\r\n--Q--\r\n"
    )
    second = Unpacked(mail_entries, write(tmp_path / "second", encrypted))
    assert (["attachment.pgp"], ["body.html", "encrypted.asc"]) == (list(second.skipped), list(second.contents))


@pytest.mark.parametrize(
    ("part", "code", "reported"),
    [
        (
            b"message/external-body; access-type=URL; URL=x\r\n\r\nContent-Type: application/pdf\r\n",
            "external",
            True,
        ),
        (b"message/partial; id=1; number=1; total=2\r\n\r\nSubject: x\r\n\r\nhalf of it\r\n", "partial", True),
        (b"message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\nAction: failed\r\n", "delivery_report", False),
        (b"text/css\r\n\r\np { color: red }\r\n", "style", False),
    ],
)
def test_what_a_mail_does_not_hold_is_left_out_with_the_reason(
    tmp_path: Path, part: bytes, code: str, *, reported: bool
) -> None:
    """And where something is missing, the mail's document says so, so that a person looks."""
    message = HEAD + b"Content-Type: multipart/mixed; boundary=Q\r\n\r\n--Q\r\nContent-Type: " + part + b"\r\n--Q--\r\n"
    found = unpacked(tmp_path, message)
    assert ([code], reported) == (list(found.skipped.values()), "mail_part" in body(found))


def test_a_web_archive_is_its_page(tmp_path: Path) -> None:
    """MHT: frames are shown with it, small pictures and styles belong to it, large pictures may be documents."""
    page = EmailMessage()
    page["From"], page["Subject"], page["Snapshot-Content-Location"] = "<Saved by Blink>", "Invoice 4711", "http://x/"
    page.set_content("<html><body><p>Total 5</p><img src='http://x/logo.png'></body></html>", subtype="html")
    page.add_related(b"p { color: red }", "text", "css", headers=["Content-Location: cid:css-1@mhtml.blink"])
    page.add_related(b"\x89PNG\r\n\x1a\n" + bytes(99), "image", "png", headers=["Content-Location: http://x/logo.png"])
    page.add_related("<p>Frame 6</p>", "html", headers=["Content-Location: cid:frame-1@mhtml.blink"])
    found = unpacked(tmp_path, page)
    assert "message/rfc822" == sniff(str(tmp_path / "mail"))
    assert (["style", "inline"], ["body.html"]) == (list(found.skipped.values()), list(found.contents))
    assert ["Total 5" in body(found), "Frame 6" in body(found)] == [True, True]
