"""A packet with a file of every format in it: one outcome for each, and every page accounted for."""

import pytest

from local.cloud.watch import outcome_event
from shared.domain.content.formats import FORMATS
from shared.pipeline.operations.status import DocumentDetail
from tests.e2e.documents import invoice
from tests.e2e.every_format import mail, packet, zipped
from tests.e2e.world import World

pytestmark = pytest.mark.timeout(400)
"""Ten pages are read by OCR, and twenty-six documents go through every stage."""


def test_every_file_of_a_packet_comes_to_one_outcome_with_all_its_pages(world: World) -> None:
    """No format is lost in a ZIP: each file has one outcome, each page of it stands in its result, as it was read."""
    inside = packet()
    holders = {"message.eml": mail(invoice("K-41")), "nested.zip": zipped({"nested.pdf": invoice("K-42")})}
    upload = zipped({name: file.data for name, file in inside.items()} | holders)
    parent = world.outcome(world.upload("invoice/every format.zip", upload))
    assert ("unpacked", len(inside) + 2) == (parent.run.state, parent.run.children)
    details = {member.name: world.outcome(member.document_id or "") for member in parent.members}
    assert {*inside, *holders} == set(details)
    for name, file in inside.items():
        assert (name, file.pages, {file.source}) == (name, *accounted(world, details[name]))
    assert READ == {FORMATS[details[name].run.media_type or ""] for name in inside}
    children = [details[name].members for name in holders]
    assert [["body.html", "attached.pdf"], ["nested.pdf"]] == [[member.name for member in held] for held in children]
    for member in (children[0][1], children[1][0]):
        assert (1, {"text"}) == accounted(world, world.outcome(member.document_id or ""))


PICTURES = {"JPEG", "PNG", "TIFF", "WebP", "BMP", "GIF", "AVIF", "JPEG 2000"}
OFFICE = {"DOCX", "XLSX", "PPTX", "ODT", "ODS", "RTF"}
READ = {"PDF", "text", "HTML", "CSV", "XML", *PICTURES, *OFFICE}
"""The formats of the packet. HEIC is not among them: nothing that may be installed here writes it."""


def accounted(world: World, detail: DocumentDetail) -> tuple[int, set[str]]:
    """The pages in a document's result, all in order, and how they were read; it was told once how it ended."""
    assert detail.result is not None
    assert ["received", outcome_event(detail.run)] == world.events(detail.document.id)
    numbers = [page.number for page in detail.result.pages]
    assert list(range(1, detail.run.pages + 1)) == numbers
    assert [] == [page.problem for page in detail.result.pages if page.problem]
    return len(numbers), {page.source for page in detail.result.pages}
