"""An archive with a mail and another archive in it, from the upload to one outcome for each file inside."""

import io
import json
import zipfile
from email.message import EmailMessage
from functools import partial

import pytest

from shared.pipeline.operations.status import DocumentDetail
from tests.e2e.documents import invoice
from tests.e2e.world import LIMIT, World, fetch, wait_until

pytestmark = pytest.mark.timeout(LIMIT)


def zipped(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def mail(attachment: bytes) -> bytes:
    message = EmailMessage()
    message["Subject"] = "Your invoice"
    message["From"] = "Fernlicht Optics <office@fernlicht.example>"
    message.set_content("Please find it attached.\n")
    message.add_attachment(attachment, "application", "pdf", filename="invoice.pdf")
    return message.as_bytes()


def outcomes(world: World, document: DocumentDetail) -> dict[str, DocumentDetail]:
    """The outcome of each file inside, by its name there, whatever it lies in."""
    found = {}
    for member in document.members:
        if member.document_id:
            found[member.name] = world.outcome(member.document_id)
            found |= outcomes(world, found[member.name])
    return found


def test_each_file_in_an_upload_comes_to_its_own_outcome(world: World) -> None:
    """Children name their parent, take its document type, and are told with it; the list of all stands in `results`."""
    inner = zipped({"older.pdf": invoice("Z-1")})
    upload = zipped({"new.pdf": invoice("Z-2"), "mail.eml": mail(invoice("Z-3")), "in/older.zip": inner, "empty/": b""})
    parent = world.outcome(world.upload("invoice/november.zip", upload))
    assert ("unpacked", 3, 4) == (parent.run.state, parent.run.children, parent.run.members)
    assert ["received", "unpacked"] == world.events(parent.document.id)
    inside = outcomes(world, parent)
    states = {name: detail.run.state for name, detail in inside.items()}
    assert {"new.pdf", "mail.eml", "in/older.zip", "older.pdf", "body.html", "invoice.pdf"} == set(states)
    assert ("unpacked", "unpacked") == (states["mail.eml"], states["in/older.zip"])
    for name, number in (("older.pdf", "Z-1"), ("new.pdf", "Z-2"), ("invoice.pdf", "Z-3")):
        result = inside[name].result
        assert result is not None
        assert ("invoice", number) == (result.document_type, result.fields["invoice_number"].value)
    assert inside["mail.eml"].document.id == inside["invoice.pdf"].document.parent
    assert (1, 2) == (inside["new.pdf"].document.depth, inside["invoice.pdf"].document.depth)
    listed = json.loads(world.blob("results", f"unpacked/{parent.document.id}.json"))
    assert [member.model_dump(mode="json") for member in parent.members] == listed["members"]


def gone(world: World, document: str) -> bool:
    return world.detail(document) is None


def test_an_upload_is_forgotten_with_the_files_in_it(world: World) -> None:
    """Nothing of an archive is left once it is deleted: the documents that came out of it go too."""
    parent = world.outcome(world.upload("invoice/gone.zip", zipped({"a.pdf": invoice("Z-4"), "b.pdf": invoice("Z-5")})))
    inside = [detail.document.id for detail in outcomes(world, parent).values()]
    address = f"{world.addresses.api}/documents/{parent.document.id}"
    assert 202 == fetch(address, method="DELETE", key=world.addresses.api_key)[0]
    for document in (*inside, parent.document.id):
        wait_until(f"{document} to be forgotten", partial(gone, world, document))
        assert "deleted" in world.events(document)
