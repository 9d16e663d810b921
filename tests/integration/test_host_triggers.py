"""One host with every trigger, against a real Azurite: what becomes of messages, blobs, requests and events."""

import base64
import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.integration.host_under_test import HostUnderTest, blobs, running_host
from tests.worker.demo import Demo, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

NAME = "ein ordner/schöne Grüße 🎉 100% #1?.pdf"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def module_host(azurite: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[HostUnderTest]:
    async with running_host(Demo(tmp_path_factory.mktemp("host"), azurite), scan_interval=0.2) as host:
        yield host


@pytest.fixture
def host(module_host: HostUnderTest) -> HostUnderTest:
    module_host.demo.record_file.unlink(missing_ok=True)
    return module_host


async def test_a_message_is_run_once_and_deleted(host: HostUnderTest) -> None:
    """Success removes a message for good."""
    host.send("Grüße 🎉")
    [record] = await host.demo.wait_for_records("read_letter", 1)
    await host.wait_empty(host.demo.name)
    assert ("Grüße 🎉", 1) == (record["body"], record["dequeue_count"])


async def test_a_failing_message_ends_on_the_poison_queue(host: HostUnderTest) -> None:
    """It is tried maxDequeueCount times, the service counting, and its body arrives unchanged."""
    host.send("bad Grüße")
    await until(lambda: host.left(host.demo.name) == 0)
    assert [1, 2, 3] == [record["dequeue_count"] for record in host.demo.records("read_letter")]
    assert base64.b64encode("bad Grüße".encode()).decode() in host.messages(f"{host.demo.name}-poison")


async def test_a_message_that_is_no_base64_goes_to_poison_unread(host: HostUnderTest) -> None:
    """What cannot be decoded is never given to the function and never lost."""
    host.send("{no base64}", encode=False)
    await host.wait_empty(host.demo.name)
    assert "{no base64}" in host.messages(f"{host.demo.name}-poison")
    assert [] == host.demo.records("read_letter")


async def test_a_message_sent_by_a_function_is_run(host: HostUnderTest) -> None:
    """Functions can talk through queues."""
    host.send("forward")
    records = await host.demo.wait_for_records("read_letter", 2)
    assert ["forward", "forwarded"] == [record["body"] for record in records]


async def test_a_blob_event_runs_its_function_with_the_exact_name(host: HostUnderTest) -> None:
    """Slashes, spaces, umlauts, emoji and signs with a meaning in URLs arrive as they were uploaded."""
    assert 202 == await host.deliver(host.upload(NAME))
    [record] = await host.demo.wait_for_records("receive", 1)
    assert [f"{host.demo.name}-in", NAME] == record["blob"]


async def test_an_event_delivered_twice_runs_twice(host: HostUnderTest) -> None:
    """As in Azure, nothing de-duplicates: the app must."""
    event = host.upload("twice.pdf")
    await host.deliver(event, event)
    assert 2 == len(await host.demo.wait_for_records("receive", 2))


async def test_a_blob_that_is_gone_counts_as_done(host: HostUnderTest) -> None:
    """Its message is dropped without a call and without poison."""
    event = host.upload("gone.pdf")
    with blobs(host.demo.storage) as service:
        service.get_blob_client(f"{host.demo.name}-in", "gone.pdf").delete_blob()
    await host.deliver(event)
    await host.wait_empty(f"azure-webjobs-blobtrigger-{host.demo.name}")
    assert [] == host.demo.records("receive")


async def test_a_failing_blob_is_tried_five_times_then_poisoned(host: HostUnderTest) -> None:
    """The poison message has the real host's shape and names function, container, blob and ETag."""
    event = host.upload("unreadable 🎉.pdf")
    await host.deliver(event)
    await host.demo.wait_for_records("receive", 5)
    await host.wait_empty(f"azure-webjobs-blobtrigger-{host.demo.name}")
    expected = {
        "Type": "BlobTrigger", "FunctionId": "Host.Functions.receive", "BlobType": "BlockBlob",
        "ContainerName": f"{host.demo.name}-in", "BlobName": "unreadable 🎉.pdf", "ETag": f'"{event["eTag"]}"',
    }  # fmt: skip
    poisoned = [json.loads(base64.b64decode(message)) for message in host.messages("webjobs-blobtrigger-poison")]
    assert 5 == len(host.demo.records("receive"))
    assert [expected] == [message for message in poisoned if message["ContainerName"] == expected["ContainerName"]]


async def test_the_scan_finds_each_version_of_a_matching_blob_once(host: HostUnderTest) -> None:
    """The polling source runs a function for a new blob and again after an overwrite, by its path pattern."""
    container = f"{host.demo.name}-scan"
    host.upload("not for it.pdf", container=container)
    host.upload("grüße.txt", b"one", container=container)
    await host.demo.wait_for_records("scan", 1)
    host.upload("grüße.txt", b"two", container=container)
    records = await host.demo.wait_for_records("scan", 2)
    assert [(f"{container}/grüße.txt", "one"), (f"{container}/grüße.txt", "two")] == [
        (record["name"], record["body"]) for record in records
    ]


async def test_webhooks_answer_the_handshake_of_both_schemas(host: HostUnderTest) -> None:
    """Event Grid accepts a subscriber only after this."""
    url = f"{host.host.url}/runtime/webhooks/blobs?functionName=Host.Functions.receive"
    key = {"x-functions-key": host.host.keys.system["blobs_extension"]}
    event = {"eventType": "Microsoft.EventGrid.SubscriptionValidationEvent", "data": {"validationCode": "c0de"}}
    async with host.http.post(url, json=[event], headers=key | {"aeg-event-type": "SubscriptionValidation"}) as answer:
        assert (200, {"validationResponse": "c0de"}) == (answer.status, await answer.json())
    async with host.http.options(url, headers=key | {"WebHook-Request-Origin": "eventgrid.azure.net"}) as answer:
        assert "eventgrid.azure.net" == answer.headers["WebHook-Allowed-Origin"]


async def test_a_cloud_event_of_a_blob_is_taken_too(host: HostUnderTest) -> None:
    """A subscription may use CloudEvents 1.0, one event a request."""
    url = f"{host.host.url}/runtime/webhooks/blobs?functionName=Host.Functions.receive"
    event = {"specversion": "1.0", "type": "Microsoft.Storage.BlobCreated", "id": "1", "source": "/s"}
    key = {"x-functions-key": host.host.keys.system["blobs_extension"]}
    async with host.http.post(url, json=event | {"data": host.upload("cloud.pdf")}, headers=key) as answer:
        assert 202 == answer.status
    [record] = await host.demo.wait_for_records("receive", 1)
    assert "cloud.pdf" == record["blob"][1]


async def test_an_event_without_a_blob_keeps_no_other_from_the_queue(host: HostUnderTest) -> None:
    """Of one delivery, what can be queued is queued: a refused delivery is not made again."""
    good = host.upload("line\nbreak\x01.pdf")
    assert 400 == await host.deliver({"api": "PutBlob"}, {"url": "nowhere", "eTag": "1", "blobType": "x"}, good)
    [record] = await host.demo.wait_for_records("receive", 1)
    assert "line\nbreak\x01.pdf" == record["blob"][1]


@pytest.mark.parametrize("hook", ["blobs?functionName=Host.Functions.receive", "eventgrid?functionName=on_event"])
async def test_webhooks_ask_for_their_system_key(host: HostUnderTest, hook: str) -> None:
    """Neither no key nor a function key opens a webhook."""
    for headers in ({}, {"x-functions-key": host.host.keys.functions["default"]}):
        async with host.http.post(f"{host.host.url}/runtime/webhooks/{hook}", json=[], headers=headers) as answer:
            assert 401 == answer.status


@pytest.mark.parametrize(("subject", "status"), [("fine", 202), ("fail", 500)])
async def test_an_event_grid_function_answers_for_its_events(host: HostUnderTest, subject: str, status: int) -> None:
    """Event Grid delivers again what did not succeed, so a failure must be told."""
    event = {
        "id": "1", "topic": "t", "subject": subject, "eventType": "T", "data": {}, "dataVersion": "1",
        "eventTime": "2026-11-22T10:00:00Z",
    }  # fmt: skip
    code = host.host.keys.system["eventgrid_extension"]
    url = f"{host.host.url}/runtime/webhooks/eventgrid?functionName=on_event&code={code}"
    async with host.http.post(url, json=[event]) as answer:
        assert status == answer.status
    assert [subject] == [record["subject"] for record in host.demo.records("on_event")]


@pytest.mark.parametrize(
    ("method", "path", "key", "status"),
    [
        ("GET", "/api/health", None, 200),
        ("POST", "/api/health", None, 404),
        ("GET", "/api/nothing", None, 404),
        ("GET", "/health", None, 404),
        ("GET", "/api/boom", None, 500),
        ("GET", "/api/echo/a/b", None, 401),
        ("GET", "/api/echo/a/b", "wrong", 401),
        ("GET", "/api/echo/a/b", "function", 202),
        ("GET", "/api/echo/a/b", "master", 202),
        ("GET", "/api/admin-only", "function", 401),
        ("GET", "/api/admin-only", "master", 200),
        ("GET", "/admin/host/status", "function", 401),
        ("GET", "/admin/host/status", "master", 200),
    ],
)
async def test_routes_and_keys(host: HostUnderTest, method: str, path: str, key: str | None, status: int) -> None:
    """Each address answers its methods, and asks for a key of its level."""
    keys = {"function": host.host.keys.functions["default"], "master": host.host.keys.master, "wrong": "wrong"}
    headers = {"x-functions-key": keys[key]} if key else {}
    async with host.http.request(method, host.host.url + path, headers=headers) as answer:
        assert status == answer.status


async def test_a_request_reaches_the_function_and_its_answer_the_caller(host: HostUnderTest) -> None:
    """Query, route parameters, header and body in; status, header, cookie and body out; the key may be in the URL."""
    url = f"{host.host.url}/api/ECHO/a%20b/c/d%C3%BC?q=1&q=2&code={host.host.keys.functions['default']}"
    async with host.http.post(url, data="Grüße", headers={"X-Test": "h"}) as answer:
        facts = await answer.json()
        assert (202, "yes", "b") == (answer.status, answer.headers["x-answer"], answer.cookies["a"].value)
    assert ("POST", {"kind": "a b", "rest": "c/dü"}, "1,2", "h", "Grüße") == (
        facts["method"], facts["route"], facts["params"]["q"], facts["header"], facts["body"],
    )  # fmt: skip


async def test_a_fixed_route_wins_over_a_parameter_and_bytes_stay_bytes(host: HostUnderTest) -> None:
    """`echo/fixed` is not taken for `echo/{kind}/{*rest}`, and a binary body arrives unchanged."""
    async with host.http.get(f"{host.host.url}/api/echo/fixed") as answer:
        assert bytes(range(256)) == await answer.read()


async def test_the_status_tells_functions_and_workers(host: HostUnderTest) -> None:
    """Tools see what runs, and in which processes."""
    status = host.host.status()
    assert ("Running", 12, 1) == (status["state"], len(status["functions"]), len(status["workers"]))
