"""The function app as the real worker indexes it: an error at import would show in Azure only as missing functions."""

from pathlib import Path

import pytest_asyncio

from local.host.settings.config import AppSettings
from local.host.workers.functions import Function, read_functions
from local.host.workers.process import WorkerProcess
from local.processes import child_environment

ROOT = Path(__file__).parents[2]
QUEUES = {
    "receive_deferred": "intake",
    "read_pages": "read",
    "read_ranges": "read-ranges",
    "extract_fields": "extract",
    "extract_ranges": "extract-ranges",
    "validate_fields": "validate",
    "check_rows": "check",
    "decide_outcome": "decide",
    "publish_events": "publish",
    "open_review": "review",
    "poison_read": "read-poison",
    "poison_read_ranges": "read-ranges-poison",
    "poison_extract": "extract-poison",
    "poison_extract_ranges": "extract-ranges-poison",
    "poison_validate": "validate-poison",
    "poison_check": "check-poison",
    "poison_decide": "decide-poison",
    "poison_publish": "publish-poison",
    "poison_review": "review-poison",
    "poison_intake": "intake-poison",
    "poison_blob": "webjobs-blobtrigger-poison",
}
WITH_KEYS = {"INTRAY_ALLOW_KEYS": "true"}
QUEUES_OF_EVENTS = {"receive_event": "upload-events", "poison_event": "upload-events-poison"}
ROUTES = {
    "health": ("health", "GET", "ANONYMOUS"),
    "document_types": ("types", "GET", "FUNCTION"),
    "status": ("documents", "GET", "FUNCTION"),
    "document": ("documents/{document_id}", "GET", "FUNCTION"),
    "document_events": ("documents/{document_id}/events", "GET", "FUNCTION"),
    "document_history": ("documents/{document_id}/history", "GET", "FUNCTION"),
    "document_replay": ("documents/{document_id}/replay", "POST", "FUNCTION"),
    "document_correct": ("documents/{document_id}/corrections", "POST", "FUNCTION"),
    "document_forget": ("documents/{document_id}", "DELETE", "FUNCTION"),
    "events_replay": ("events/replay", "POST", "FUNCTION"),
    "review_list": ("reviews", "GET", "FUNCTION"),
    "review_get": ("reviews/{document_id}", "GET", "FUNCTION"),
    "review_claim": ("reviews/{document_id}/claim", "POST", "FUNCTION"),
    "review_release": ("reviews/{document_id}/release", "POST", "FUNCTION"),
    "review_complete": ("reviews/{document_id}/complete", "POST", "FUNCTION"),
}


async def _indexed(**settings: str) -> list[Function]:
    environment = child_environment() | settings
    process = await WorkerProcess.start(ROOT, environment, "INFO", lambda _queue: None)
    functions = read_functions(process.functions, AppSettings(environment))
    await process.end()
    return functions


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def functions() -> dict[str, Function]:
    """The app's functions by name, indexed with function keys and no other setting of ours."""
    return {function.name: function for function in await _indexed(**WITH_KEYS)}


async def test_the_list_of_functions_is_exact(functions: dict[str, Function]) -> None:
    """Every function is there, and no other."""
    assert {
        "receive_blob",
        "receive_renamed",
        "reconcile_uploads",
        "sweep_runs",
        "delete_expired",
        *QUEUES,
        *ROUTES,
    } == set(functions)


async def test_triggers_are_bound_to_their_queues_and_routes(functions: dict[str, Function]) -> None:
    """Each stage listens to its queue, each route has its method and its key."""
    queues = {name: functions[name].trigger.text("queueName") for name in QUEUES}
    routes = {
        name: (
            functions[name].trigger.text("route"),
            *functions[name].trigger.options["methods"],
            functions[name].trigger.text("authLevel"),
        )
        for name in ROUTES
    }
    assert (QUEUES, ROUTES) == (queues, routes)


async def test_the_blob_trigger_is_told_the_name_only(functions: dict[str, Function]) -> None:
    """Event Grid is the source, and the content never passes through the binding."""
    trigger = functions["receive_blob"].trigger
    assert ("incoming/{name}", "EventGrid", True) == (trigger.text("path"), trigger.text("source"), trigger.deferred)


async def test_each_container_has_a_blob_trigger_of_its_own() -> None:
    """Event Grid names the function, so the names are stable: that of `incoming` is as it always was."""
    containers = '[{"name": "incoming"}, {"name": "hr-forms", "type": "id_form"}]'
    indexed = {function.name: function for function in await _indexed(INTRAY_CONTAINERS=containers)}
    paths = {name: indexed[name].trigger.text("path") for name in indexed if name.startswith("receive_blob")}
    assert {"receive_blob": "incoming/{name}", "receive_blob_hr_forms": "hr-forms/{name}"} == paths
    assert all(indexed[name].trigger.deferred for name in paths)


async def test_events_by_queue_replace_the_triggers_that_event_grid_calls(functions: dict[str, Function]) -> None:
    """With `INTRAY_INTAKE=queue` two queue functions take the place of the blob and the Event Grid trigger."""
    by_queue = {function.name: function for function in await _indexed(INTRAY_INTAKE="queue")}
    assert functions.keys() - {"receive_blob", "receive_renamed"} | QUEUES_OF_EVENTS.keys() == by_queue.keys()
    assert QUEUES_OF_EVENTS == {name: by_queue[name].trigger.text("queueName") for name in QUEUES_OF_EVENTS}


async def test_renames_have_an_event_grid_trigger(functions: dict[str, Function]) -> None:
    """The blob trigger's webhook cannot take their events, which name no `url`."""
    assert "eventGridTrigger" == functions["receive_renamed"].trigger.type


async def test_bindings_follow_the_settings() -> None:
    """Polling instead of Event Grid, another sweep, and no keys unless they are allowed, by settings alone.

    Without keys the host lets every request through: behind sign-in it would ask for a key in addition.
    """
    polling = await _indexed(INTRAY_BLOB_SOURCE="LogsAndContainerScan", INTRAY_SWEEP_SCHEDULE="*/5 * * * * *")
    found = {function.name: function.trigger for function in polling}
    assert "LogsAndContainerScan" == found["receive_blob"].text("source")
    assert "*/5 * * * * *" == found["sweep_runs"].text("schedule")
    assert {"ANONYMOUS"} == {found[name].text("authLevel") for name in ROUTES}
