"""From the upload to result and event, through every part as it runs for a user."""

import json
import subprocess
import sys
from decimal import Decimal

import pytest
from cloudevents.core.bindings.http import HTTPMessage, from_http_event

from local.cloud.options import APP
from quality.samples.content.invoices import MUEHLE
from quality.samples.files.einvoice import cii
from tests.e2e.documents import invoice, letter
from tests.e2e.world import LIMIT, World, fetch, wait_until

pytestmark = pytest.mark.timeout(LIMIT)
SAMPLES = APP / "samples" / "files"
FOREIGN_SCRIPT = """
import os, sys
from azure.storage.blob import BlobServiceClient
service = BlobServiceClient.from_connection_string(os.environ["STORAGE"])
with service:
    uploaded = service.get_blob_client("incoming", sys.argv[1]).upload_blob(sys.stdin.buffer.read())
print(uploaded["etag"])
"""


def test_samples_end_in_outcomes_with_their_events_in_order(world: World) -> None:
    """PDFs with a text layer and a scan all come to one outcome, told after `received`, with values and evidence."""
    names = ("invoice-en.pdf", "facture-fr.pdf", "receipt-us-scan.pdf", "kassenbon-de.jpg")
    kinds = {"receipt-us-scan.pdf": "receipt/", "kassenbon-de.jpg": "receipt/"}
    ids = {name: world.upload(kinds.get(name, "") + name, (SAMPLES / name).read_bytes()) for name in names}
    for name, document in ids.items():
        detail = world.outcome(document)
        assert ("receipt" if name in kinds else "invoice") == detail.run.document_type
        assert world.events(document) in (["received", "review_requested"], ["received", "finalized"])
        assert detail.result is not None
        found = [field for field in detail.result.fields.values() if field.value]
        assert found
        assert all(field.evidence for field in found)
        assert {"intray": detail.run.state, "intray_document": document} == world.tags(detail.document.name)


def test_what_an_e_invoice_says_is_compared_with_its_page(world: World) -> None:
    """One that agrees passes and is evidence; one whose total differs waits for a person; XML alone is read too."""
    agreeing, differing, alone = (
        world.upload("invoice/agrees.pdf", (SAMPLES / "rechnung-de-zugferd.pdf").read_bytes()),
        world.upload("invoice/differs.pdf", (SAMPLES / "facture-fr-factur-x-differs.pdf").read_bytes()),
        world.upload("invoice/alone.xml", cii(MUEHLE)),
    )
    for document in (agreeing, alone):
        result = world.outcome(document).result
        assert result is not None
        assert ["text", "embedded_xml"] == [place.kind for place in result.fields["grand_total"].evidence]
    assert "finalized" == world.outcome(agreeing).run.state
    detail = world.outcome(differing)
    assert detail.result is not None
    assert ("in_review", {"second_reading_differs"}) == (detail.run.state, {one.rule for one in detail.result.findings})
    total = detail.result.fields["grand_total"]
    assert (Decimal("1162.8"), Decimal("1252.8"), False) == (
        total.value,
        total.second and total.second.value,
        total.second and total.second.agrees,
    )


def test_a_document_without_a_type_is_held(world: World) -> None:
    """A letter is no invoice and no receipt: it waits, and its event and reason say for what."""
    detail = world.outcome(world.upload("letter.pdf", letter("hiking club")))
    assert ("held", ["unknown_type"]) == (detail.run.state, [reason.code for reason in detail.run.reasons])
    assert ["received", "held"] == world.events(detail.document.id)


def test_a_client_that_is_not_ours_gets_events_that_the_cloudevents_package_reads(world: World) -> None:
    """A plain azure-storage-blob script uploads; a webhook of the standard library gets what the package parses."""
    with world.subscriber("foreign") as subscriber:
        done = subprocess.run(
            [sys.executable, "-c", FOREIGN_SCRIPT, "from a script.pdf"],
            input=invoice("F-2026-1"), env={"STORAGE": world.addresses.storage}, capture_output=True, check=True,
        )  # fmt: skip
        assert done.stdout.strip()

        def told() -> list[str] | None:
            events = [from_http_event(HTTPMessage(headers, body)) for headers, body in [*subscriber.deliveries]]
            about = [event for event in events if "from a script.pdf" in str(event.get_data())]
            types = [event.get_type() for event in sorted(about, key=lambda event: str(event.get_time()))]
            return types if len(types) > 1 else None

        types = wait_until("two events about the upload", told)
    assert "dev.intray.document.received.v1" == types[0]
    assert types[1] in {"dev.intray.document.finalized.v1", "dev.intray.document.review_requested.v1"}


def test_the_api_refuses_who_shows_no_key(world: World) -> None:
    """Documents and reviews are for holders of a key; health is for anybody and names the document types."""
    paths = ("documents", "documents/d", "reviews", "reviews/d")
    assert [401] * 4 == [fetch(f"{world.addresses.api}/{path}")[0] for path in paths]
    assert 401 == fetch(f"{world.addresses.api}/documents", key="wrong")[0]
    status, health = fetch(f"{world.addresses.api}/health")
    assert (200, "ok", True) == (status, health["status"], {"invoice", "receipt"} < set(health["document_types"]))
    assert health["source"] is None


def test_a_path_as_an_id_is_not_found(world: World) -> None:
    """Whatever a caller puts where an id belongs, the answer is that there is no such document."""
    assert 404 == world.api("documents/incoming%2Fx.pdf")[0]


def test_a_reviewed_document_is_final_with_its_correction(world: World) -> None:
    """A contradiction goes to a person; two people cannot hold it; the correction is in the result and the event."""
    document = world.upload("invoice/contradicts itself.pdf", invoice("R-2026-1", grand_total="1190.00"))
    assert "in_review" == world.outcome(document).run.state

    def listed() -> bool:
        return document in {case["document_id"] for case in world.api("reviews")[1]["items"]}

    wait_until("the case in the list", listed)
    status, case = world.api(f"reviews/{document}")
    assert (200, 1190) == (status, case["result"]["fields"]["grand_total"]["value"])
    status, mine = world.api(f"reviews/{document}/claim", {"holder": "ada"})
    assert 200 == status
    assert 409 == world.api(f"reviews/{document}/claim", {"holder": "grace"})[0]
    decision = {"token": mine["lease"]["token"], "corrections": {"grand_total": 119, "amount_due": 119}}
    assert 409 == world.api(f"reviews/{document}/complete", decision | {"token": decision["token"] + 1})[0]
    assert 200 == world.api(f"reviews/{document}/complete", decision)[0]
    final = wait_until(
        "the final event", lambda: world.outcome(document) if "finalized" in world.events(document) else None
    )
    assert ["received", "review_requested", "finalized"] == world.events(document)
    result = json.loads(world.blob("results", f"invoice/{document}.json"))
    assert (119, "ACCEPT") == (result["fields"]["grand_total"]["value"], result["disposition"])
    event = final.events[-1].data
    assert (2, True, f"invoice/{document}.json") == (event["corrections"], event["reviewed"], event["result_name"])
    assert 409 == world.api(f"reviews/{document}")[0]
    assert 409 == world.api(f"reviews/{document}/complete", decision)[0]
