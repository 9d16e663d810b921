"""The files of the hostile set that hold files: what comes out of each. They lie beside the project, or are skipped."""

from pathlib import Path

import pytest

from shared.adapters.formats.sniffer import sniff
from shared.adapters.members.archives import gzip_entries, zip_entries
from shared.adapters.members.mail import mail_entries, mbox_entries, msg_entries, smime_entries
from shared.adapters.members.office import office_entries
from shared.adapters.pdf import pdf_entries
from shared.domain.content.formats import OFFICE_OPEN_XML
from shared.ports.unpacking import Entries
from tests.unit.adapters.members.unpacked import Unpacked

ROOT = Path(__file__).resolve().parents[4]
HOSTILE = ROOT.parent / "shared" / "data" / "hostile"
SAMPLES = ROOT / "samples" / "hostile" / "files"
READERS: dict[str, Entries] = {
    "application/pdf": pdf_entries,
    "application/zip": zip_entries,
    "application/gzip": gzip_entries,
    "message/rfc822": mail_entries,
    "application/mbox": mbox_entries,
    "application/pkcs7-mime": smime_entries,
    "application/vnd.ms-outlook": msg_entries,
    **dict.fromkeys(OFFICE_OPEN_XML, office_entries),
}
FORMS = ["body.html", "text.txt:alternative"]
FOUND = {
    "mail_with_attachments/075625d098_test-iso-8601-date.eml": ["body.html"],
    "mail_with_attachments/0fa470bf34_mime-no-subject.eml": ["body.html"],
    "mail_with_attachments/3b2f7f9ab3_fake-email.eml": FORMS,
    "mail_with_attachments/9a67b5b6b8_email-replace-mime-encodings-error-5.eml": FORMS,
    "mail_with_attachments/b35a6c5546_fake-encrypted.eml": [
        "body.html", "attachment.pgp:control_part", "attachment.bin",
    ],
    "mail_with_attachments/4a32768db0_fake-email-utf-16-be.eml": FORMS,
    "type_p7m/5f4f7ac51b_test.xml.p7m": ["content"],
    "type_p7m/f4884fc25e_testPKCS17Sig-v3.xml.p7m": ["content"],
    "mail_with_attachments/cef9376ecd_email-no-utf8-2014-03-17.111517.eml": [
        *FORMS, "google.png:inline", "profilephoto.png:inline",
    ],
    "type_eml/158ddebe48_testEmailWithPNGAtt.eml": ["body.html", "testPNG.png"],
    "type_eml/5190e77d06_testLotusEml.eml": ["body.html"],
    "type_eml/728f516e5d_testRFC822_dkim.eml": ["body.html"],
    "type_eml/9e313395e3_testGroupWiseEml.eml": [*FORMS, "test.eml", "Neues Textdokument.txt"],
    "type_eml/f1bfae5925_testEML_embedded_xhtml_and_img.eml": [*FORMS, "testimage.jpeg"],
    "type_msg/2129a9a2b9_testMSG_Post.msg": ["body.html"],
    "type_msg/439a1fb117_testMSG_att_msg.msg": ["body.html", "Test Attachment.eml", "smbprn.00009008.KdcPjl.pdf"],
    "type_msg/972901d1a0_testMSG.msg": ["body.html"],
    "type_msg/b84c127481_testMSG_chinese.msg": ["body.html"],
    "type_msg/ba546a4346_test-outlook.msg": ["body.html"],
    "type_msg/e0a8fb568b_testMSG_Appointment.msg": ["body.html"],
    "type_zip/0b0605e151_test-documents.zip": [
        "testEXCEL.xls", "testHTML.html", "testOpenOffice2.odt", "testPDF.pdf", "testPPT.ppt", "testRTF.rtf",
        "testTXT.txt", "testWORD.doc", "testXML.xml",
    ],
    "type_zip/983613c84c_droste.zip": ["droste.jpg", "droste.zip"],
    "type_zip/af075282de_testEmbedded.zip": ["test1.txt", "test2.txt"],
    "type_mbox/0519c18318_simple.mbox": ["mail 1.eml", "mail 2.eml"],
    "type_mbox/c8e7dd4616_headers.mbox": ["body.html"],
    "type_gz/22888c49a5_gzip_extra_sl.warc.gz": ["content"],
    "type_gz/b49d470536_testODTBodyListOpenClose.xml.gz": ["cor-s0BAC21-specimen2-content.xml"],
    "pdf_with_attachments/147af0a762_nontrivial-crypt-filter-decrypted.pdf": ["attachment1.txt", "attachment2.png"],
    "pdf_with_attachments/359810e6da_fields-two-pages.pdf": ["attachment1.txt", "attachment1.txt:repeated"],
    "pdf_with_attachments/600c0ac185_rotated-shared-annotations-1.pdf": [
        "attachment1.txt", *["attachment1.txt:repeated"] * 4,
    ],
    "pdf_with_attachments/7dff78a9b1_attachment-fields.pdf": ["a.txt", "π.txt"],
    "pdf_with_attachments/af058e7a9f_job-json-copy-attachments.pdf": [
        "auto-txt", "auto2", "auto-txt:repeated", "auto2:repeated",
    ],
}  # fmt: skip
NOT_UNPACKED = {
    "type_7z/fd65426436_test-documents.7z": "application/x-7z-compressed",
}
CATEGORIES = {file.partition("/")[0] for file in (*FOUND, *NOT_UNPACKED)}
large_set = pytest.mark.skipif(not HOSTILE.is_dir(), reason="the hostile set does not lie beside the project")


def copy_of(tmp_path: Path, original: Path) -> Path:
    """A file in a folder that may be written to."""
    target = tmp_path / "file"
    target.write_bytes(original.read_bytes())
    return target


@large_set
def test_every_file_of_these_categories_is_listed() -> None:
    """A file that is added to the set gets its line here."""
    there = {str(path.relative_to(HOSTILE)) for name in CATEGORIES for path in (HOSTILE / name).iterdir()}
    assert there == {*FOUND, *NOT_UNPACKED}


@large_set
@pytest.mark.parametrize("file", FOUND)
def test_the_members_of_a_hostile_file(tmp_path: Path, file: str) -> None:
    """All of them, in order, each written or left out with its reason; a mail's text is HTML whatever it was."""
    path = copy_of(tmp_path, HOSTILE / file)
    found = Unpacked(READERS[sniff(str(path))], path)
    told = [f"{one.name}:{one.skipped.code}" if one.skipped else one.name for one in found.members]
    assert FOUND[file] == told
    bodies = [one for one in found.members if one.name == "body.html"]
    assert ["text/html"] * len(bodies) == [sniff(str(found.folder / one.file)) for one in bodies]


@large_set
@pytest.mark.parametrize(
    ("file", "named", "kinds"),
    [
        ("type_docx/f39a3ab2ce_EmbeddedPDF.docx", ["oleObject1"], ["application/pdf"]),
        ("type_pptx/93bdfb75c6_testPPT_EmbeddedPDF.pptx", ["oleObject1", "oleObject2"], ["application/pdf"] * 2),
        ("type_xlsx/5e12782099_testExcel_embeddedPDF.xlsx", ["oleObject1"], ["application/pdf"]),
        ("office_malformed/c4b7fab030_test_recursive_embedded.docx", ["embed1.zip"], ["application/zip"]),
    ],
)
def test_the_files_inside_office_files_come_out(tmp_path: Path, file: str, named: list[str], kinds: list[str]) -> None:
    """Out of what Acrobat and Windows' packager wrap them in; they are what their content says, whatever their name."""
    path = copy_of(tmp_path, HOSTILE / file)
    found = Unpacked(READERS[sniff(str(path))], path)
    assert named == [member.name for member in found.members]
    assert kinds == [sniff(str(found.folder / member.file)) for member in found.members]


@large_set
@pytest.mark.parametrize("file", NOT_UNPACKED)
def test_what_is_not_unpacked_is_told_by_its_type(tmp_path: Path, file: str) -> None:
    """Without an unpacker for its type it ends as unsupported."""
    kind = sniff(str(copy_of(tmp_path, HOSTILE / file)))
    assert (NOT_UNPACKED[file], False) == (kind, kind in READERS)


@pytest.mark.parametrize(
    ("file", "names"),
    [
        ("nested.zip", ["1.zip"]),
        ("nested.eml", ["body.html", "Level 28.eml"]),
        ("escaping-names.zip", ["../../outside.txt", "/absolute.txt"]),
        ("encrypted.zip", ["secret.txt:password_required"]),
    ],
)
def test_the_members_of_a_hostile_sample(tmp_path: Path, file: str, names: list[str]) -> None:
    """One level at a time, into files that are numbered, whatever their names say."""
    path = copy_of(tmp_path, SAMPLES / file)
    unpacked = Unpacked(READERS[sniff(str(path))], path)
    members = [(member.name, member.skipped.code if member.skipped else None) for member in unpacked.members]
    assert names == [f"{name}:{code}" if code else name for name, code in members]
    written = [member.file for member in unpacked.members if not member.skipped]
    assert written == sorted(path.name for path in unpacked.folder.iterdir())
