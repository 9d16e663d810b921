"""Mails by their bytes: attachments that are not encoded, headers and texts in any encoding."""

from pathlib import Path

import pytest

from shared.adapters.formats.sniffer import sniff
from shared.adapters.members.mail import mail_entries, mbox_entries
from tests.unit.adapters.members.mails import BINARY, HEAD, PDF, binary_part, body, write
from tests.unit.adapters.members.test_mails import unpacked
from tests.unit.adapters.members.unpacked import Unpacked


def test_attachments_that_are_not_encoded_come_out_byte_for_byte(tmp_path: Path) -> None:
    """RFC 3030, BINARYMIME: also in a mail inside a mail, in a mailbox, and as the only content."""
    message = BINARY + binary_part("b.pdf", PDF[::-1]) + b"--Q--\r\n"
    found = unpacked(tmp_path, message).contents
    assert (PDF, PDF[::-1]) == (found["a.pdf"], found["b.pdf"])
    around = HEAD + b"Content-Type: multipart/mixed; boundary=R\r\n\r\n--R\r\nContent-Type: message/rfc822\r\n\r\n"
    inner = Unpacked(mail_entries, write(tmp_path / "outer", around + message + b"\r\n--R--\r\n"))
    again = Unpacked(mail_entries, inner.folder / inner.members[1].file)
    assert (PDF, PDF[::-1]) == (again.contents["a.pdf"], again.contents["b.pdf"])
    box = Unpacked(mbox_entries, write(tmp_path / "box", 2 * (b"From a Mon Jun 01 10:00:00 2009\n" + message + b"\n")))
    assert [message, message] == list(box.contents.values())
    alone = HEAD + b"Content-Type: application/pdf\r\nContent-Transfer-Encoding: binary\r\n\r\n" + PDF
    assert PDF == Unpacked(mail_entries, write(tmp_path / "alone", alone)).contents["attachment.pdf"]


def test_a_mail_that_is_cut_off_says_so(tmp_path: Path) -> None:
    """Its last attachment may be cut off, too; a whole mail says nothing."""
    whole = BINARY + b"--Q--\r\n"
    assert "mail_cut_off" in body(unpacked(tmp_path, whole[:-700]))
    (tmp_path / "whole").mkdir()
    assert "intray-not-read" not in body(unpacked(tmp_path / "whole", whole))


@pytest.mark.parametrize(
    "before",
    [b"\xef\xbb\xbf", b"\r\n\r\n", b"From a@b Mon Jun 1 10:00:00 2009\r\n", b"X-Spam: no\r\n", b"\xef\xbb\xbf\n"],
)
def test_what_stands_before_the_header_is_no_harm(tmp_path: Path, before: bytes) -> None:
    """A byte order mark, blank lines, the separator of a mailbox, fields of a gateway."""
    file = write(tmp_path / "mail", before + HEAD + b"\r\nTotal 5\r\n\r\nFrom next month on we pay 6.\r\n")
    assert "message/rfc822" == sniff(str(file))
    text = body(Unpacked(mail_entries, file))
    assert ["<b>Subject:</b> Invoices" in text, "From next month on" in text] == [True, True]


def test_a_mail_in_utf_16_is_a_mail(tmp_path: Path) -> None:
    """Some programs save mails as Windows text."""
    file = write(tmp_path / "mail", (HEAD + "\r\nGrüße".encode()).decode().encode("utf-16"))
    assert "message/rfc822" == sniff(str(file))
    assert "Grüße" in body(Unpacked(mail_entries, file))


def test_headers_are_read_in_any_encoding(tmp_path: Path) -> None:
    """Encoded words in what they call ISO-8859-1, bytes as they are, and names that RFC 2231 encodes."""
    head = (
        b"Subject: =?iso-8859-1?Q?Total_5_=80?= for\r\n =?utf-8?B?TcO8bGxlcg==?=\r\nFrom: M\xfcller <a@example.org>\r\n"
        b"Content-Type: multipart/mixed; boundary=Q\r\n\r\n--Q\r\nContent-Type: application/pdf\r\n"
        b'Content-Disposition: attachment; filename="R\xc3\xa4nge.pdf"\r\n\r\n%PDF-\r\n--Q\r\n'
        b"Content-Type: application/pdf\r\nContent-Disposition: attachment; filename*=iso-8859-1''5%80.pdf\r\n\r\n"
        b"%PDF-\r\n--Q--\r\n"
    )
    found = unpacked(tmp_path, head)
    assert ["Total 5 € for Müller" in body(found), "Müller &lt;a@" in body(found)] == [True, True]
    assert ["Ränge.pdf", "5€.pdf"] == list(found.contents)[1:]


def test_the_text_of_a_mail_that_lies_about_its_encoding(tmp_path: Path) -> None:
    """Windows-1252 under the label of ISO-8859-1, UTF-8 under that of ASCII; what fits nothing is reported."""
    text = b"\r\nGesamt 5 \x80\r\n"
    latin = HEAD + b"Content-Type: text/plain; charset=iso-8859-1\r\n" + text
    assert "Gesamt 5 €" in body(unpacked(tmp_path, latin))
    ascii_label = HEAD + b"Content-Type: text/plain; charset=us-ascii\r\n\r\nGesamt 5 " + "€".encode()
    assert "Gesamt 5 €" in body(Unpacked(mail_entries, write(tmp_path / "ascii", ascii_label)))
    mixed = HEAD + b"Content-Type: text/plain; charset=utf-8\r\n\r\nM\xfcller " + "zahlt 5 €, über".encode()
    found = body(Unpacked(mail_entries, write(tmp_path / "mixed", mixed)))
    assert ["uncertain_encoding" in found, "Müller zahlt 5 €" in found] == [True, True]


def test_lines_that_flow_are_joined(tmp_path: Path) -> None:
    """RFC 3676: a line that ends with a blank goes on; quotes and signatures stay apart."""
    text = b"Content-Type: text/plain; format=flowed\r\n\r\nThe total \r\nis 5.\r\n> a \r\n> b\r\n-- \r\nAnn\r\n"
    assert "<pre>The total is 5.\n&gt; a b\n-- \nAnn" in body(unpacked(tmp_path, HEAD + text))
    deleting = (
        text.replace(b"flowed", b"flowed; delsp=yes").replace(b"The total ", b"The tot ").replace(b"is", b"al is")
    )
    assert "<pre>The total is 5." in body(Unpacked(mail_entries, write(tmp_path / "delsp", HEAD + deleting)))
