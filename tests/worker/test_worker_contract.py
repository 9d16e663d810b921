"""What the host expects of `azure-functions-runtime`, shown on a real worker process."""

import asyncio
import json
from typing import Any

import pytest

from local.host.workers.wire import Data, blob_reference, bytes_data, json_data, text_data
from tests.worker.conftest import DemoWorker

pytestmark = pytest.mark.asyncio(loop_scope="module")


def http(method: str = "GET", **fields: object) -> Data:
    request: dict[str, Any] = {"method": method, "url": "http://host/x", "headers": {}, "query": {}, "params": {}}
    return {"http": request | {"body": bytes_data(b"")} | fields}


async def test_the_library_offers_what_the_host_calls() -> None:
    """The handlers are public names of the library; another version may rename them."""
    import azure_functions_runtime

    needed = {
        "worker_init_request", "functions_metadata_request", "function_load_request", "invocation_request",
        "start_threadpool_executor", "stop_threadpool_executor", "invocation_id_cv",
    }  # fmt: skip
    assert needed == needed & set(azure_functions_runtime.__all__)


async def test_every_function_is_indexed_with_its_trigger(shared_worker: DemoWorker) -> None:
    """The host learns all functions and their triggers from the worker alone."""
    expected = {
        "receive": "blobTrigger", "scan": "blobTrigger", "read_letter": "queueTrigger", "tick": "timerTrigger",
        "on_event": "eventGridTrigger", "echo": "httpTrigger", "health": "httpTrigger", "fixed": "httpTrigger",
        "admin_only": "httpTrigger", "boom": "httpTrigger", "wait": "httpTrigger", "hang": "httpTrigger",
    }  # fmt: skip
    assert expected == {name: function.trigger.type for name, function in shared_worker.functions.items()}


async def test_trigger_options_arrive_with_settings_resolved(shared_worker: DemoWorker) -> None:
    """Bindings keep the words of function.json, and %SETTING% is replaced in them."""
    receive, scan = shared_worker.functions["receive"].trigger, shared_worker.functions["scan"].trigger
    assert (f"{shared_worker.demo.name}-in/{{name}}", "EventGrid", True) == (
        receive.text("path"), receive.text("source"), receive.deferred,
    )  # fmt: skip
    assert ("", False) == (scan.text("source"), scan.deferred)
    assert "0 0 0 1 1 *" == shared_worker.functions["tick"].trigger.text("schedule")
    assert "ANONYMOUS" == shared_worker.functions["health"].trigger.text("authLevel")


async def test_a_queue_message_arrives_with_its_facts(shared_worker: DemoWorker) -> None:
    """Body, id, dequeue count, times and pop receipt reach a queue function in their own types."""
    metadata = {
        "Id": text_data("m1"), "DequeueCount": json_data(2), "PopReceipt": text_data("r"),
        "InsertionTime": json_data("2026-11-22T10:00:00+00:00"),
        "NextVisibleTime": json_data("2026-11-22T10:10:00+00:00"),
    }  # fmt: skip
    outcome = await shared_worker.call("read_letter", text_data("Grüße 🎉"), metadata)
    [record] = shared_worker.demo.records("read_letter")
    assert ("success", None) == (outcome.status, outcome.return_value)
    assert ("Grüße 🎉", "m1", 2, "2026-11-22 10:00:00+00:00", "None", True) == tuple(
        record[name] for name in ("body", "id", "dequeue_count", "inserted", "expires", "receipt")
    )


async def test_an_exception_is_a_failure_with_type_message_and_trace(shared_worker: DemoWorker) -> None:
    """A function's exception ends its invocation, not the worker, and tells what happened."""
    outcome = await shared_worker.call("read_letter", text_data("bad news"))
    assert ("failure", "ValueError: bad news") == (outcome.status, outcome.error)
    assert "raise ValueError(body)" in outcome.trace
    assert "success" == (await shared_worker.call("read_letter", text_data("good news"))).status


async def test_an_sdk_type_gets_a_reference_and_no_bytes(shared_worker: DemoWorker) -> None:
    """A parameter of an SDK type receives container and name, whatever characters the name holds."""
    name = "ein ordner/schöne Grüße 🎉.pdf"
    outcome = await shared_worker.call("receive", blob_reference("AzureWebJobsStorage", "incoming", name))
    assert "success" == outcome.status
    assert ["incoming", name] == shared_worker.demo.records("receive")[0]["blob"]


async def test_an_input_stream_gets_bytes_name_and_length(shared_worker: DemoWorker) -> None:
    """A parameter of type InputStream receives the content and what is known of the blob."""
    metadata = {
        "BlobTrigger": text_data("in/a.txt"), "Uri": json_data("http://host/in/a.txt"),
        "Properties": json_data({"ContentLength": 4}), "Metadata": json_data({}), "name": text_data("a"),
    }  # fmt: skip
    await shared_worker.call("scan", bytes_data(b"text"), metadata)
    expected = {"function": "scan", "name": "in/a.txt", "length": 4, "body": "text", "uri": "http://host/in/a.txt"}
    assert [expected] == shared_worker.demo.records("scan")


async def test_a_timer_arrives_with_past_due_and_status(shared_worker: DemoWorker) -> None:
    """A timer function sees whether it is late and when it last ran."""
    status = {"Last": "2026-11-22T00:00:00+00:00", "Next": "2026-11-23T00:00:00+00:00", "LastUpdated": None}
    await shared_worker.call("tick", json_data({"Schedule": {}, "ScheduleStatus": status, "IsPastDue": True}))
    [record] = shared_worker.demo.records("tick")
    assert (True, status) == (record["past_due"], record["status"])


async def test_an_event_grid_event_arrives_whole(shared_worker: DemoWorker) -> None:
    """An Event Grid function sees id, subject and data."""
    event = {
        "id": "1", "topic": "t", "subject": "s", "eventType": "T", "eventTime": "2026-11-22T10:00:00Z",
        "data": {"url": "u"}, "dataVersion": "1",
    }  # fmt: skip
    await shared_worker.call("on_event", json_data(event))
    assert [{"function": "on_event", "id": "1", "subject": "s", "data": {"url": "u"}}] == shared_worker.demo.records(
        "on_event"
    )


async def test_a_request_and_its_answer_pass_unchanged(shared_worker: DemoWorker) -> None:
    """Method, query, route, headers and body arrive; status, headers, cookie and body come back."""
    request = http(
        "POST", url="http://host/api/echo/a/b", headers={"x-test": "h"}, query={"q": "1"},
        params={"kind": "a", "rest": "b"}, body=bytes_data("Grüße".encode()),
    )  # fmt: skip
    outcome = await shared_worker.call("echo", request)
    assert outcome.return_value is not None
    answer = outcome.return_value["http"]
    facts = {
        "method": "POST", "params": {"q": "1"}, "route": {"kind": "a", "rest": "b"}, "header": "h", "body": "Grüße",
        "url": "http://host/api/echo/a/b",
    }  # fmt: skip
    cookie = {"name": "a", "value": "b", "path": "/", "domain": "", "secure": False, "http_only": True}
    assert (202, "yes", [cookie | {"same_site": "Lax"}]) == (
        answer["status"], answer["headers"]["x-answer"], answer["cookies"],
    )  # fmt: skip
    assert bytes_data(json.dumps(facts).encode()) == answer["body"]


async def test_a_text_and_a_binary_answer_keep_their_bytes(shared_worker: DemoWorker) -> None:
    """A returned string is text; a returned body of bytes is not decoded on the way."""
    assert {"string": "fine"} == (await shared_worker.call("health", http())).return_value
    outcome = await shared_worker.call("fixed", http())
    assert outcome.return_value is not None
    assert bytes_data(bytes(range(256))) == outcome.return_value["http"]["body"]


async def test_asynchronous_functions_run_at_the_same_time(shared_worker: DemoWorker) -> None:
    """Two invocations that wait for each other both end: the worker does not take one after the other."""
    outcomes = await asyncio.gather(shared_worker.call("wait", http()), shared_worker.call("wait", http()))
    assert ["success", "success"] == [outcome.status for outcome in outcomes]
