"""Both ways in, as `INTRAY_INTAKE` chooses them: Event Grid calls the app, or fills a queue that the app listens to.

The comparison of container and table leaves out files of the last 20 seconds, so that these arrive by their events.
"""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, get_args

import pytest
from azure.storage.blob import BlobServiceClient
from azure.storage.queue import QueueClient

from local.cloud.options import CloudOptions
from local.cloud.subscriptions import upload_subscriptions
from local.host.settings.keys import Keys
from local.settings import LocalSettings
from shared.domain.documents.document import document_id
from shared.domain.uploads.containers import UploadContainer
from shared.upload_settings import Intake
from tests.e2e.conftest import running_world
from tests.e2e.documents import invoice
from tests.e2e.world import LIMIT, World, fetch, wait_until

pytestmark = pytest.mark.timeout(LIMIT)
LEDGER = UploadContainer(name="purchase-ledger", type="invoice", reviewer_group="ledger")


class WayIn:
    """A cloud with one way in, and what Event Grid and the platform do to it."""

    def __init__(self, world: World, intake: Intake) -> None:
        self.world = world
        self.intake = intake
        self.keys = Keys.load(world.state / "host").system

    def upload(self, name: str) -> str:
        """Upload a file that ends as `failed` (`empty`) as soon as it is read; the id of its Document."""
        return self.world.upload(name, b"")

    def end(self, document: str) -> str:
        """The code of the reason for which a Document failed."""
        return self.world.outcome(document).run.reasons[0].code

    def announced(self, name: str) -> dict[str, Any]:
        """The event that the storage account told of a blob."""

        def look() -> dict[str, Any] | None:
            events = fetch(f"{self.world.addresses.event_grid}/events?topic=storage")[1]["events"]
            bodies = [event["body"] for event in events if event["body"]["subject"].endswith(f"/blobs/{name}")]
            return bodies[-1] if bodies else None

        return wait_until(f"the event of {name}", look)

    def tell(self, event: dict[str, Any]) -> None:
        """Deliver an event once more, as Event Grid does."""
        if self.intake == "queue":
            self.put("upload-events", event)
            return
        if event["eventType"] == "Microsoft.Storage.BlobRenamed":
            hook, key = "eventgrid?functionName=receive_renamed", self.keys["eventgrid_extension"]
        else:
            hook, key = "blobs?functionName=Host.Functions.receive_blob", self.keys["blobs_extension"]
        assert 202 == fetch(f"{self.world.addresses.host}/runtime/webhooks/{hook}&code={key}", [event])[0]

    def poison(self, event: dict[str, Any]) -> None:
        """Do what the platform does with an event whose function failed five times."""
        if self.intake == "queue":
            self.put("upload-events-poison", event)
            return
        container, _, name = event["data"]["url"].partition("devstoreaccount1/")[2].partition("/")
        message = {"Type": "BlobTrigger", "BlobType": "BlockBlob", "ContainerName": container, "BlobName": name}
        self.put("webjobs-blobtrigger-poison", message | {"ETag": event["data"]["eTag"]})

    def put(self, queue: str, message: dict[str, Any] | str) -> None:
        """Send a message: JSON in base64, or a text as it is."""
        text = message if isinstance(message, str) else base64.b64encode(json.dumps(message).encode()).decode()
        with QueueClient.from_connection_string(self.world.addresses.storage, queue) as client:
            client.send_message(text)

    def waiting(self, queue: str) -> int:
        """How many messages a queue holds."""
        with QueueClient.from_connection_string(self.world.addresses.storage, queue) as client:
            return client.get_queue_properties().approximate_message_count or 0

    @contextmanager
    def unannounced(self) -> Iterator[None]:
        """Subscribe to nothing for the length of a block: no upload is told of."""
        self.subscribe(filter={"includedEventTypes": ["None"]})
        try:
            yield
        finally:
            self.subscribe()

    def subscribe(self, **changes: object) -> None:
        """Replace the subscription to finished uploads by one with these changes."""
        wanted = upload_subscriptions(
            self.intake, LocalSettings().upload_containers, self.world.addresses.host, self.keys
        )["host"]
        address = f"{self.world.addresses.event_grid}/subscriptions/host?wait=10"
        assert 201 == fetch(address, wanted | changes, "PUT")[0]

    def kept_messages(self) -> list[str]:
        """The messages that were kept for an operator."""
        with BlobServiceClient.from_connection_string(self.world.addresses.storage) as service:
            return list(service.get_container_client("work").list_blob_names(name_starts_with="poison/"))


@pytest.fixture(scope="module")
def queue_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A cloud whose uploads come by queue, from two containers."""
    settings = LocalSettings(intake="queue", containers=(UploadContainer(name="incoming"), LEDGER))
    with running_world(CloudOptions(tmp_path_factory.mktemp("cloud"), settings)) as made:
        yield made


@pytest.fixture(scope="module", params=get_args(Intake))
def way(request: pytest.FixtureRequest) -> WayIn:
    """Each way in; that of the default is the cloud of the other tests."""
    intake: Intake = request.param
    return WayIn(request.getfixturevalue("queue_world" if intake == "queue" else "world"), intake)


def test_an_upload_is_one_document_however_often_it_is_announced(way: WayIn) -> None:
    """Event Grid delivers at least once: the same event twice more changes nothing."""
    document = way.world.upload("invoice/W-1.pdf", invoice("W-1"))
    assert "in_review" == way.world.outcome(document).run.state
    for _ in range(2):
        way.tell(way.announced("invoice/W-1.pdf"))
    assert "empty" == way.end(way.upload("behind the repeated events.pdf"))
    assert ["received", "review_requested"] == way.world.events(document)
    assert 1 == len(way.world.api("documents?q=W-1.pdf")[1]["items"])


def test_the_container_is_that_of_the_event(queue_world: World) -> None:
    """One queue for all containers (with webhooks, each has its function: see test_several_containers)."""
    document = queue_world.outcome(queue_world.upload("a.pdf", b"", LEDGER.name)).document
    assert (LEDGER.name, LEDGER.policy) == (document.container, document.policy)


def test_a_renamed_file_is_received_under_its_new_name(way: WayIn) -> None:
    """Azurite renames nothing: the event is that of Data Lake Storage, the file one that nothing else told of."""
    with way.unannounced():
        document = way.upload("renamed.pdf")
        upload = way.announced("renamed.pdf")
        assert way.world.detail(document) is None
        url = upload["data"]["url"]
        data = {"api": "RenameFile", "destinationUrl": url, "sourceUrl": f"{url}.part"}
        way.tell(upload | {"eventType": "Microsoft.Storage.BlobRenamed", "data": data})
        assert "empty" == way.end(document)


def test_an_event_that_failed_again_and_again_still_ends_in_an_outcome(way: WayIn) -> None:
    """The poison function receives the upload for the last time; one that is gone since ends as failed."""
    with way.unannounced():
        document = way.upload("poisoned.pdf")
        event = way.announced("poisoned.pdf")
        way.poison(event)
        assert "empty" == way.end(document)
    data = event["data"] | {"url": event["data"]["url"].replace("poisoned", "gone"), "eTag": "0x5"}
    way.poison(event | {"data": data})
    assert "gone" == way.end(document_id("incoming", "gone.pdf", "0x5"))


def test_what_is_no_upload_is_kept_for_an_operator(way: WayIn) -> None:
    """A message that tells of no upload is no document, and is not lost; one that is not base64 neither."""
    poison = "upload-events-poison" if way.intake == "queue" else "webjobs-blobtrigger-poison"
    before = len(way.kept_messages())
    way.put(poison.removesuffix("-poison") if way.intake == "queue" else poison, {"data": {}})
    assert wait_until("the message that was kept", lambda: len(way.kept_messages()) > before)
    if way.intake == "queue":
        way.put("upload-events", "no base64")
        assert wait_until("the message in the poison queue", lambda: way.waiting(poison) > 0)


def test_cloud_events_are_taken_too(way: WayIn) -> None:
    """`eventDeliverySchema: CloudEventSchemaV1_0` on the subscription, as some tenants want it everywhere."""
    way.subscribe(eventDeliverySchema="CloudEventSchemaV1_0")
    assert "empty" == way.end(way.upload("cloud event.pdf"))
    way.subscribe()
