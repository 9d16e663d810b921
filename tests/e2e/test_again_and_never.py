"""Replay, events told again, and deletion, as they meet the whole."""

import json
import subprocess
import sys
from typing import Any

import pytest
from azure.data.tables import TableServiceClient
from azure.storage.blob import BlobServiceClient

from local.cloud.options import APP
from tests.e2e.documents import invoice, letter
from tests.e2e.world import LIMIT, World, fetch, wait_until

pytestmark = pytest.mark.timeout(LIMIT)


def _mentions(world: World, document: str) -> list[str]:
    """Every blob name and table row that speaks of a Document, read with the plain clients."""
    with BlobServiceClient.from_connection_string(world.addresses.storage) as service:
        blobs = [
            f"{container.name}/{blob.name}"
            for container in service.list_containers()
            for blob in service.get_container_client(container.name).list_blobs()
        ]
    with TableServiceClient.from_connection_string(world.addresses.storage) as tables:
        rows = [
            f"{table.name}: {row['PartitionKey']} {row['RowKey']} {row.get('body')}"
            for table in tables.list_tables()
            for row in tables.get_table_client(table.name).list_entities()
        ]
    return [place for place in (*blobs, *rows) if document in place]


def test_a_held_document_is_processed_again(world: World) -> None:
    """A replay is a second Run with its own event; the model is not asked again for what it answered."""
    document = world.upload("held twice.pdf", letter("chess club"))
    assert "held" == world.outcome(document).run.state
    before = world.model_calls()["calls"]
    status, run = world.api(f"documents/{document}/replay", {})
    assert (202, 2) == (status, run["number"])
    wait_until("the second event", lambda: world.events(document).count("held") == 2)
    detail = world.outcome(document)
    assert (2, 0, 1) == (detail.run.number, detail.run.bill.calls, detail.run.bill.reused)
    assert before == world.model_calls()["calls"]


def _final(world: World, name: str, number: str) -> str:
    """An invoice whose result is final, by a person if it had to be."""
    document = world.upload(name, invoice(number))
    if world.outcome(document).run.state == "in_review":
        token = world.api(f"reviews/{document}/claim", {"holder": "Ada"})[1]["lease"]["token"]
        assert 200 == world.api(f"reviews/{document}/complete", {"token": token})[0]
    wait_until("the final event", lambda: "finalized" in world.events(document))
    return document


def _delivered(world: World, document: str) -> dict[str, Any]:
    """The values in the results container."""
    fields = json.loads(world.blob("results", f"invoice/{document}.json"))["fields"]
    return {name: field["value"] for name, field in fields.items()}


def test_a_final_result_is_corrected_and_told_again(world: World) -> None:
    """By the API with the revision that was seen, by the command line with a field's name; never over each other."""
    document = _final(world, "correct me.pdf", "K-2026-1")
    wish = {"run": 1, "revision": 0, "fields": {"invoice_number": "K-2026-2"}}
    status, result = world.api(f"documents/{document}/corrections", wish)
    assert (200, 1) == (status, result["revision"])
    wait_until("its event", lambda: "corrected" in world.events(document))
    assert "K-2026-2" == _delivered(world, document)["invoice_number"]
    for refused, answer in ((wish, 409), (wish | {"revision": 1, "fields": {"colour": "red"}}, 422), ({"run": 1}, 400)):
        assert answer == world.api(f"documents/{document}/corrections", refused)[0]
    assert 404 == world.api(f"documents/d{'0' * 24}/corrections", wish)[0]
    command = [sys.executable, "-m", "cli.main", "correct", "correct me.pdf"]
    options: dict[str, Any] = {"cwd": APP, "capture_output": True, "text": True, "timeout": LIMIT}
    where = ("--state", str(world.addresses.state))
    done = subprocess.run([*command, "grand_total=1234.50", *where], check=False, **options)
    assert (0, True) == (done.returncode, "revision 2" in done.stdout), done.stderr
    wait_until("the second event", lambda: world.events(document).count("corrected") == 2)
    assert 1234.5 == _delivered(world, document)["grand_total"]
    wrong = subprocess.run([*command, "grand_total=much", *where], check=False, **options)
    assert (1, True) == (wrong.returncode, "plain number" in wrong.stderr)


def test_events_are_told_again_with_the_ids_they_had(world: World) -> None:
    """A subscriber that comes late asks for what it missed, and gets the very same facts."""
    detail = world.outcome(world.upload("told again.pdf", invoice("R-2026-7")))
    with world.subscriber("late") as subscriber:
        assert 400 == world.api("events/replay", {"since": "yesterday"})[0]
        status, _ = world.api("events/replay", {"since": detail.document.received.isoformat()})
        assert 202 == status
        wanted = {event.id.encode() for event in detail.events}
        wait_until(
            "both events", lambda: all(any(one in body for _, body in [*subscriber.deliveries]) for one in wanted)
        )


def test_forgetting_leaves_nothing(world: World) -> None:
    """After deletion no blob and no row speaks of the document, its upload is gone, and downstream was told."""
    document = world.upload("forget me.pdf", invoice("F-2026-9"))
    world.outcome(document)
    assert _mentions(world, document)
    address = f"{world.addresses.api}/documents/{document}"
    assert 202 == fetch(address, method="DELETE", key=world.addresses.api_key)[0]
    wait_until("its record to go", lambda: world.detail(document) is None)
    wait_until("its event", lambda: "deleted" in world.events(document))
    assert [] == _mentions(world, document)
    with BlobServiceClient.from_connection_string(world.addresses.storage) as service:
        assert not service.get_blob_client("incoming", "forget me.pdf").exists()
    assert 404 == fetch(address, method="DELETE", key=world.addresses.api_key)[0]
