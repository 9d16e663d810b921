"""Outlook's own mails."""

from pathlib import Path

import pytest

from shared.adapters.members.mail import mail_entries, msg_entries
from shared.domain.base.errors import Unreadable
from tests.unit.adapters.members.outlook import attachment, compound_file, message
from tests.unit.adapters.members.unpacked import Unpacked

SUBJECT, BODY, SENDER, TO = 0x0037, 0x1000, 0x0C1A, 0x0E04


def test_text_files_and_mails_come_out(tmp_path: Path) -> None:
    """The text with its head, a file under its name, and a mail inside as a mail with all that it holds."""
    inner = message({SUBJECT: "Weiter", BODY: "innen"}, 24, (attachment("tief.txt", b"deep"),))
    outer = message(
        {SUBJECT: "Grüße", BODY: "Total 5 €\0", SENDER: "Ann", TO: "Bob\0"}, 32,
        (attachment("Größe.pdf", b"%PDF-1.7"), attachment("Weiter", inner)),
    )  # fmt: skip
    file = tmp_path / "mail"
    file.write_bytes(compound_file(outer))
    found = Unpacked(msg_entries, file)
    assert ["body.html", "Größe.pdf", "Weiter.eml"] == [member.name for member in found.members]
    body = found.contents["body.html"].decode("utf-8-sig")
    assert [True] * 3 == [text in body for text in ("Subject:</b> Grüße", "To:</b> Bob<", "<pre>Total 5 €</pre>")]
    assert b"%PDF-1.7" == found.contents["Größe.pdf"]
    again = Unpacked(mail_entries, found.folder / found.members[2].file)
    assert (["body.html", "tief.txt"], b"deep") == (list(again.contents), again.contents["tief.txt"])


@pytest.mark.parametrize("length", [100, 600, 1200, 2000])
def test_a_cut_off_mail_is_unreadable(tmp_path: Path, length: int) -> None:
    """Wherever it ends."""
    whole = compound_file(message({SUBJECT: "x" * 900, BODY: "y" * 900}))
    (tmp_path / "mail").write_bytes(whole[:length])
    with pytest.raises(Unreadable) as refusal:
        Unpacked(msg_entries, tmp_path / "mail")
    assert "unreadable" == refusal.value.code
