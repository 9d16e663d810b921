"""What the parts are told."""

import re
import socket
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest
from pydantic import SecretStr

from local.azurite import Ports
from local.cloud.options import OFFLINE_CATALOGUE, CloudOptions
from local.cloud.subscriptions import (
    blob_subscription,
    is_upload_subscription,
    queue_subscription,
    rename_subscription,
    upload_subscriptions,
)
from local.event_grid.filters import matches
from local.event_grid.state.config import EventSchema, Subscription
from local.event_grid.state.schema import Event
from local.settings import LocalSettings
from shared.domain.uploads.containers import UploadContainer

INCOMING = UploadContainer(name="incoming")
STATE = Path("state")
ROOT = Path(__file__).parents[4]


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that somebody else has."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


@pytest.fixture
def free() -> int:
    """A port that nobody has."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        return int(other.getsockname()[1])


def test_well_known_ports_are_taken_when_they_are_free(taken: int, free: int) -> None:
    """Other programs find the cloud where they expect it; two clouds still get along, and throwaway ones always do."""
    fixed, throwaway = CloudOptions(STATE, fixed_ports=True), CloudOptions(STATE)
    assert [free, 0, 0] == [fixed.port(free), fixed.port(taken), throwaway.port(free)]


def test_storage_has_all_three_ports_or_none(taken: int, free: int) -> None:
    """Half of the well-known ports would send a client's queues to somebody else's account."""
    settings = LocalSettings(blob_port=free, queue_port=free, table_port=free)
    assert Ports(free, free, free) == CloudOptions(STATE, settings, fixed_ports=True).storage_ports()
    mixed = settings.model_copy(update={"table_port": taken})
    assert Ports() == CloudOptions(STATE, mixed, fixed_ports=True).storage_ports()


def test_every_option_is_used_by_the_cloud() -> None:
    """The arguments of chaos runs were once lost while the host's were written anew, and no test missed them."""
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "local" / "cloud").glob("*.py"))
    unused = [
        option.name for option in fields(CloudOptions) if not re.search(rf"(options|self)\.{option.name}\b", source)
    ]
    assert [] == unused


def test_callers_sign_in_or_show_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """With sign-in no key is asked for in addition, whatever the user has set."""
    monkeypatch.setenv("INTRAY_ALLOW_KEYS", "true")
    told = CloudOptions(STATE, LocalSettings(), sign_in=True).app_environment("S", "T", "M", "K")
    assert "false" == told["INTRAY_ALLOW_KEYS"]


def test_the_function_app_is_told_of_its_cloud(monkeypatch: pytest.MonkeyPatch) -> None:
    """Storage, topic and model are this cloud's; what the user has set reaches the app as it is."""
    monkeypatch.setenv("AzureWebJobsStorage", "somebody else's")
    monkeypatch.setenv("INTRAY_MAX_PAGES", "7")
    monkeypatch.setenv("INTRAY_TYPE_FOLDERS", "theirs")
    told = CloudOptions(STATE, LocalSettings(), type_folders=(Path("mine"),)).app_environment("S", "T", "M", "K")
    names = ("AzureWebJobsStorage", "INTRAY_TOPIC_ENDPOINT", "INTRAY_MODEL_ENDPOINT", "INTRAY_MODEL_KEY")
    assert ["S", "T", "M", "K"] == [told[name] for name in names]
    assert ("7", "mine:theirs") == (told["INTRAY_MAX_PAGES"], told["INTRAY_TYPE_FOLDERS"])
    assert ("true", "true") == (told["INTRAY_MODEL_HINTS"], told["INTRAY_ALLOW_KEYS"])
    monkeypatch.setenv("INTRAY_ALLOW_KEYS", "false")
    assert "false" == CloudOptions(STATE, LocalSettings()).app_environment("S", "T", "M", "K")["INTRAY_ALLOW_KEYS"]


def test_the_local_model_server_has_a_catalogue_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless the user names another catalogue or another API: its deployments are no real ones."""
    told = CloudOptions(STATE, LocalSettings()).app_environment("S", "T", "M", "K")
    assert str(OFFLINE_CATALOGUE) == told["INTRAY_MODEL_CATALOGUE"]
    monkeypatch.setenv("INTRAY_MODEL_CATALOGUE", "theirs.yaml")
    assert "theirs.yaml" == CloudOptions(STATE, LocalSettings()).app_environment("S", "T", "M", "K")[
        "INTRAY_MODEL_CATALOGUE"
    ]  # fmt: skip
    monkeypatch.delenv("INTRAY_MODEL_CATALOGUE")
    monkeypatch.setenv("INTRAY_MODEL_ENDPOINT", "http://127.0.0.1:9/v1")
    told = CloudOptions(STATE, LocalSettings()).app_environment("S", "T", None, "K")
    assert ("INTRAY_MODEL_CATALOGUE" in told, "INTRAY_MODEL_HINTS" in told) == (False, False)


def test_another_model_server_takes_the_place_of_the_local_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """INTRAY_MODEL_ENDPOINT and its key are handed on, and no local server is needed."""
    monkeypatch.setenv("INTRAY_MODEL_ENDPOINT", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("INTRAY_MODEL_KEY", "secret")
    options = CloudOptions(STATE, LocalSettings())
    assert (False, SecretStr("secret")) == (options.starts_model_server, options.settings.model_key)
    told = options.app_environment("S", "T", None, "K")
    assert ["http://127.0.0.1:9/v1", "secret"] == [told["INTRAY_MODEL_ENDPOINT"], told["INTRAY_MODEL_KEY"]]


BLOBS = "/blobServices/default/containers"


def event(kind: str, api: str, container: str = "incoming") -> Event:
    """An event of the storage account."""
    body = {
        "id": "1",
        "topic": "storage",
        "subject": f"{BLOBS}/{container}/blobs/a.pdf",
        "eventType": f"Microsoft.Storage.{kind}",
        "data": {"api": api},
    }
    return Event.of(EventSchema.EVENT_GRID, body)


def subscription(kind: str) -> Subscription:
    """The host's subscription to finished uploads, or to renames."""
    make = blob_subscription if kind == "uploads" else rename_subscription
    return Subscription.model_validate({"name": kind, **make("http://127.0.0.1:7071", "key", INCOMING)})


@pytest.mark.parametrize(
    ("kind", "api", "expected"),
    [
        ("BlobCreated", "PutBlob", "uploads"),
        ("BlobCreated", "CopyBlob", "uploads"),
        ("BlobCreated", "PutBlockList", "uploads"),
        ("BlobCreated", "FlushWithClose", "uploads"),
        ("BlobCreated", "SftpCommit", "uploads"),
        ("BlobCreated", "CreateFile", None),
        ("BlobCreated", "SftpCreate", None),
        ("BlobRenamed", "RenameFile", "renames"),
        ("BlobRenamed", "SftpRename", "renames"),
        ("BlobDeleted", "DeleteBlob", None),
        ("BlobTierChanged", "SetBlobTier", None),
    ],
)
def test_the_host_hears_of_files_that_are_complete(kind: str, api: str, expected: str | None) -> None:
    """Each operation that finishes or renames a file in `incoming`, and none that announces an empty one."""
    heard = [name for name in ("uploads", "renames") if matches(subscription(name).filter, event(kind, api))]
    assert ([expected] if expected else []) == heard
    assert not any(matches(subscription(name).filter, event(kind, api, "incoming2")) for name in ("uploads", "renames"))


def test_the_queue_hears_of_what_the_webhooks_hear_of() -> None:
    """Uploads and renames, in one subscription."""
    queue = Subscription.model_validate({"name": "host", **queue_subscription(INCOMING)})
    told = [event("BlobCreated", "SftpCommit"), event("BlobRenamed", "RenameFile")]
    assert all(matches(queue.filter, one) for one in told)
    others = [
        event("BlobCreated", "CreateFile"),
        event("BlobDeleted", "DeleteBlob"),
        event("BlobCreated", "PutBlob", "b"),
    ]
    assert not any(matches(queue.filter, one) for one in others)


def test_each_container_has_subscriptions_of_its_own() -> None:
    """Its blob trigger is named in the webhook; with the queue there is no other function to name."""
    containers = (INCOMING, UploadContainer(name="hr-forms"))
    keys = {"blobs_extension": "k", "eventgrid_extension": "k"}
    webhooks = upload_subscriptions("webhook", containers, "http://127.0.0.1:7071", keys)
    assert {"host", "renames", "host-hr-forms", "renames-hr-forms"} == webhooks.keys()
    assert "functionName=Host.Functions.receive_blob_hr_forms&" in str(webhooks["host-hr-forms"]["endpointUrl"])
    found = [Subscription.model_validate({"name": name, **webhooks[name]}) for name in ("host", "host-hr-forms")]
    told = [event("BlobCreated", "PutBlob", name) for name in ("incoming", "hr-forms")]
    assert [[True, False], [False, True]] == [[matches(one.filter, fact) for fact in told] for one in found]
    assert {"host", "host-hr-forms"} == upload_subscriptions("queue", containers, "", {}).keys()
    assert all(is_upload_subscription(name) for name in webhooks)
    assert not is_upload_subscription("demo")


def test_the_app_has_the_functions_of_the_way_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """The app and the subscription follow one setting."""
    monkeypatch.setenv("INTRAY_INTAKE", "queue")
    settings = LocalSettings()
    assert ("queue", "queue") == (
        settings.intake,
        CloudOptions(STATE, settings).app_environment("S", "T", "M", "K")["INTRAY_INTAKE"],
    )


def test_uploads_and_renames_go_to_their_functions() -> None:
    """The blob trigger's webhook takes no renames: it reads `data.url`."""
    assert "blobs?functionName=Host.Functions.receive_blob&code=key" in str(subscription("uploads").endpoint_url)
    assert "eventgrid?functionName=receive_renamed&code=key" in str(subscription("renames").endpoint_url)
