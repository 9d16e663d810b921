"""What a topic takes."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from local.event_grid.state.config import EventSchema, Subscription
from local.event_grid.state.schema import MAX_BYTES, Event, PublishRefused, parse

BATCH = "application/cloudevents-batch+json; charset=utf-8"
CLOUD: dict[str, Any] = {"specversion": "1.0", "id": "1", "source": "/s", "type": "t"}


def refusal(body: object, content_type: str = BATCH) -> PublishRefused:
    """Why a request is refused."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    with pytest.raises(PublishRefused) as caught:
        parse(raw, content_type)
    return caught.value


def test_a_batch_of_cloud_events_is_kept_as_published() -> None:
    """Extension attributes, data and its base64 form pass through untouched."""
    bodies = [{**CLOUD, "tenant": "acme", "data": {"ä": [1, None]}}, {**CLOUD, "id": "2", "data_base64": "AAE="}]
    events = parse(json.dumps(bodies).encode(), BATCH)
    assert bodies == [dict(event.body) for event in events]


def test_one_cloud_event_is_an_object() -> None:
    """The structured content type carries one event, without brackets."""
    events = parse(json.dumps(CLOUD).encode(), "application/cloudevents+json")
    assert [("1", "/s", "t", "")] == [(event.id, event.source, event.type, event.subject) for event in events]


def test_null_attributes_are_unset() -> None:
    """JSON null and absence mean the same for an attribute, and data keeps its null."""
    (event,) = parse(json.dumps([{**CLOUD, "subject": None, "data": None}]).encode(), BATCH)
    assert {**CLOUD, "data": None} == event.body


@pytest.mark.parametrize(
    "change",
    [
        {"id": None},
        {"id": ""},
        {"id": 5},
        {"source": None},
        {"type": ""},
        {"specversion": "0.3"},
        {"specversion": None},
        {"time": "yesterday"},
        {"time": "2026-11-22T10:00:00"},
        {"time": 5},
        {"subject": ""},
        {"Tenant": "x"},
        {"a_b": "x"},
    ],
)
def test_an_invalid_cloud_event_refuses_the_batch(change: dict[str, object]) -> None:
    """One bad event among good ones is 400 with Event Grid's error code."""
    refused = refusal([CLOUD, {**CLOUD, **change}])
    assert (400, "BadRequest", "InputJsonInvalid") == (refused.status, refused.code, refused.detail)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [(b"{", BATCH), (CLOUD, BATCH), ([CLOUD], "application/cloudevents+json"), (["x"], BATCH), (b"\xff\xfe", BATCH)],
)
def test_a_body_of_another_shape_is_refused(body: object, content_type: str) -> None:
    """Array and object must be what the content type says."""
    assert 400 == refusal(body, content_type).status


def test_the_error_body_looks_like_azures() -> None:
    """Clients read error.code, error.message and error.details."""
    error = refusal(CLOUD).body["error"]
    assert "BadRequest" == error["code"]
    assert error["message"].startswith("This resource is configured to receive event in 'CloudEventV10' schema.")
    assert [{"code": "InputJsonInvalid", "message": error["message"]}] == error["details"]


def test_another_content_type_is_refused() -> None:
    """A topic takes the content types of its schema only."""
    assert 415 == refusal([CLOUD], "application/json").status


def test_too_much_is_refused() -> None:
    """One byte more than 1 MiB, or one event more than 5,000, is 413."""
    assert 413 == refusal(b" " * (MAX_BYTES + 1)).status
    assert 413 == refusal([{**CLOUD, "id": str(n)} for n in range(5001)]).status


def test_a_refusal_never_repeats_the_event() -> None:
    """Error messages end in logs, and events may hold what must not be there."""
    assert "s3cret" not in str(refusal([{**CLOUD, "time": "s3cret"}]))


def test_a_storage_event_becomes_a_cloud_event() -> None:
    """With `eventDeliverySchema` the service maps topic, type and time, and leaves the data as it is."""
    body = {
        "id": "1", "topic": "/t", "subject": "/s", "eventType": "Microsoft.Storage.BlobCreated",
        "eventTime": "2026-11-29T18:41:00Z", "data": {"api": "PutBlob"}, "dataVersion": "", "metadataVersion": "1",
    }  # fmt: skip
    event = Event.of(EventSchema.EVENT_GRID, body)
    assert event is event.in_schema(EventSchema.EVENT_GRID)
    assert {
        "specversion": "1.0", "id": "1", "source": "/t", "subject": "/s", "type": "Microsoft.Storage.BlobCreated",
        "time": "2026-11-29T18:41:00Z", "data": {"api": "PutBlob"},
    } == event.in_schema(EventSchema.CLOUD_EVENTS).body  # fmt: skip


@pytest.mark.parametrize(
    "destination",
    [
        {},
        {"endpointUrl": "http://127.0.0.1/", "queueName": "upload-events"},
        {"queueName": "Upload_Events"},
        {"topic": "intray", "queueName": "upload-events", "eventDeliverySchema": "EventGridSchema"},
    ],
)
def test_a_subscription_has_one_destination_and_a_schema_that_its_events_can_have(
    destination: dict[str, str],
) -> None:
    """As in the service, CloudEvents are not turned into Event Grid's schema."""
    with pytest.raises(ValidationError):
        Subscription.model_validate({"name": "host", "topic": "storage", **destination})
