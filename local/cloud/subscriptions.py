"""The Event Grid subscriptions of a cloud: uploads to each container, and what the app publishes."""

from collections.abc import Mapping, Sequence

from local.event_grid.state.config import STORAGE_TOPIC
from shared.domain.uploads.containers import DEFAULT_CONTAINER, UploadContainer
from shared.pipeline.intake.upload_events import FINISHED_UPLOADS, RENAMES, UPLOAD_EVENTS
from shared.upload_settings import Intake

TOPIC = "intray"
_RENAME_FUNCTION = "receive_renamed"
UPLOADS = "host"
"""Name of the subscription to uploads to `incoming`; those of other containers follow their names."""
_RENAMES = "renames"

type Subscription = dict[str, object]


def upload_subscriptions(
    intake: Intake, containers: Sequence[UploadContainer], host: str, keys: Mapping[str, str]
) -> dict[str, Subscription]:
    """Return the subscriptions, by name, that announce uploads to these containers in this way."""
    if intake == "queue":
        return {_name(UPLOADS, container): queue_subscription(container) for container in containers}
    blob_key, event_key = keys["blobs_extension"], keys["eventgrid_extension"]
    return {
        **{_name(UPLOADS, container): blob_subscription(host, blob_key, container) for container in containers},
        **{_name(_RENAMES, container): rename_subscription(host, event_key, container) for container in containers},
    }


def is_upload_subscription(name: str) -> bool:
    """Return whether a subscription of this name is one that announces uploads."""
    return name in {UPLOADS, _RENAMES} or name.startswith((f"{UPLOADS}-", f"{_RENAMES}-"))


def blob_subscription(host: str, key: str, container: UploadContainer) -> Subscription:
    """Return the Event Grid subscription that notifies the Functions host of finished uploads to a container."""
    function = f"Host.Functions.{container.function_name}"
    return {
        "topic": STORAGE_TOPIC,
        "endpointUrl": f"{host}/runtime/webhooks/blobs?functionName={function}&code={key}",
        "filter": {
            "includedEventTypes": ["Microsoft.Storage.BlobCreated"],
            "subjectBeginsWith": _prefix(container),
            "advancedFilters": [{"operatorType": "StringIn", "key": "data.api", "values": [*FINISHED_UPLOADS]}],
        },
    }


def rename_subscription(host: str, key: str, container: UploadContainer) -> Subscription:
    """Return the Event Grid subscription that notifies the Functions host of files renamed into a container.

    It has an Event Grid trigger of its own: the blob trigger's webhook reads `data.url`, which renames do not have.
    """
    return {
        "topic": STORAGE_TOPIC,
        "endpointUrl": f"{host}/runtime/webhooks/eventgrid?functionName={_RENAME_FUNCTION}&code={key}",
        "filter": {
            "includedEventTypes": ["Microsoft.Storage.BlobRenamed"],
            "subjectBeginsWith": _prefix(container),
            "advancedFilters": [{"operatorType": "StringIn", "key": "data.api", "values": [*RENAMES]}],
        },
    }


def queue_subscription(container: UploadContainer) -> Subscription:
    """Return the Event Grid subscription that puts events of finished uploads and renames into a storage queue."""
    return {
        "topic": STORAGE_TOPIC,
        "queueName": UPLOAD_EVENTS,
        "filter": {
            "includedEventTypes": ["Microsoft.Storage.BlobCreated", "Microsoft.Storage.BlobRenamed"],
            "subjectBeginsWith": _prefix(container),
            "advancedFilters": [
                {"operatorType": "StringIn", "key": "data.api", "values": [*FINISHED_UPLOADS, *RENAMES]}
            ],
        },
    }


def demo_subscription(endpoint: str) -> Subscription:
    """Return the subscription of the demo subscriber to everything that the function app publishes."""
    return {"topic": TOPIC, "endpointUrl": endpoint}


def _name(kind: str, container: UploadContainer) -> str:
    return kind if container.name == DEFAULT_CONTAINER else f"{kind}-{container.name}"


def _prefix(container: UploadContainer) -> str:
    return f"/blobServices/default/containers/{container.name}/"
