"""Duplicates, a killed worker and bad files, as they meet the whole."""

import os
import signal

import pytest

from local.cloud.options import APP
from tests.e2e.documents import invoice
from tests.e2e.world import LIMIT, World, fetch, wait_until

pytestmark = pytest.mark.timeout(LIMIT)
AWKWARD = APP / "samples" / "awkward"


def test_the_same_file_three_times_is_paid_once(world: World) -> None:
    """Two copies end as duplicates of the first, and the model server was asked as often as one run asks."""
    before = world.model_calls()["calls"]
    data = invoice("T-2026-1")
    first = world.outcome(world.upload("thrice.pdf", data))
    copies = [world.outcome(world.upload(name, data)) for name in ("thrice again.pdf", "folder/thrice.pdf")]
    assert ["duplicate", "duplicate"] == [copy.run.state for copy in copies]
    assert [first.document.id] * 2 == [copy.run.duplicate_of for copy in copies]
    assert [["received", "duplicate"]] * 2 == [world.events(copy.document.id) for copy in copies]
    assert first.run.bill.calls == world.model_calls()["calls"] - before
    assert [0, 0] == [copy.run.bill.calls for copy in copies]


def test_the_same_blob_event_three_times_is_one_document(world: World) -> None:
    """Event Grid may deliver an event again, hours later even: it is the same Document, and nothing happens twice."""
    document = world.upload("told thrice.pdf", invoice("E-2026-1"))
    first = world.outcome(document)
    calls = world.model_calls()["calls"]
    _, page = fetch(f"{world.addresses.event_grid}/events?topic=storage&limit=5000")
    event = next(one["body"] for one in page["events"] if one["body"]["subject"].endswith("/told thrice.pdf"))
    hook = f"{world.addresses.host}/runtime/webhooks/blobs?functionName=Host.Functions.receive_blob"
    for _ in range(2):
        assert 202 == fetch(f"{hook}&code={world.addresses.admin_key}", [event])[0]
    wait_until("the end of both invocations", lambda: world.waiting_blob_events() == 0)
    assert first == world.detail(document)
    assert calls == world.model_calls()["calls"]
    assert 1 == [one["document"]["name"] for one in world.api("documents?q=told%20thrice.pdf")[1]["items"]].count(
        "told thrice.pdf"
    )


def test_a_worker_killed_in_the_middle_of_a_run_loses_nothing(world: World) -> None:
    """SIGKILL while a scan is read and others wait: it is started again, and each comes to exactly one outcome."""
    ids = [world.upload("receipt/killed.jpg", (APP / "samples" / "files" / "receipt-en-photo.jpg").read_bytes())]

    def reading() -> bool:
        detail = world.detail(ids[0])
        return detail is not None and detail.run.state == "reading"

    wait_until("a scan in the hands of a worker", reading)
    ids += [world.upload(f"invoice/killed {number}.pdf", invoice(f"K-2026-{number}")) for number in range(3)]
    workers = world.host_status()["workers"]
    os.kill(workers[0], signal.SIGKILL)
    for document in ids:
        assert world.outcome(document).run.state in {"finalized", "in_review"}
        assert 2 == len(world.events(document)) == len(set(world.events(document)))
    assert not set(workers) & set(world.host_status()["workers"])


@pytest.fixture(scope="module")
def awkward(world: World) -> dict[str, str]:
    """The ids of the awkward samples, by name; all are uploaded before the first is looked at."""
    return {path.name: world.upload(f"awkward/{path.name}", path.read_bytes()) for path in sorted(AWKWARD.iterdir())}


@pytest.mark.parametrize("name", ["empty.pdf", "encrypted.pdf", "no-pages.pdf"])
def test_a_file_that_cannot_be_read_fails_with_a_reason(world: World, awkward: dict[str, str], name: str) -> None:
    """Its outcome, its event and a sentence that says what to do."""
    detail = world.outcome(awkward[name])
    assert ("failed", ["received", "failed"]) == (detail.run.state, world.events(awkward[name]))
    assert [True] == [reason.message.endswith(".") for reason in detail.run.reasons]


def test_a_text_named_as_a_pdf_is_read_as_the_text_it_is(world: World, awkward: dict[str, str]) -> None:
    """The content counts, not the name; this one fits no document type."""
    run = world.outcome(awkward["text-named.pdf"]).run
    assert ("held", 1, ["unknown_type"]) == (run.state, run.pages, [reason.code for reason in run.reasons])


def test_a_name_with_spaces_umlauts_and_emoji_is_a_name(world: World, awkward: dict[str, str]) -> None:
    """It comes back as it was, with a result."""
    name = next(name for name in awkward if name.startswith("Rechnung"))
    detail = world.outcome(awkward[name])
    assert f"awkward/{name}" == detail.document.name
    assert detail.run.state in {"finalized", "in_review"}


def test_a_file_cut_off_in_the_middle_has_an_outcome(world: World, awkward: dict[str, str]) -> None:
    """What can still be read of it goes to a person; otherwise it fails: it is never accepted as it is."""
    assert world.outcome(awkward["cut-off.pdf"]).run.state in {"failed", "in_review", "held"}
