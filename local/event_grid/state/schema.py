"""Events, and the check of a publish request.

An event is stored as it was published. CloudEvents are checked by the `cloudevents` package.
Limits: "Azure Event Grid quotas and limits" of the service's documentation.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cloudevents.core.exceptions import BaseCloudEventException
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import REQUIRED_ATTRIBUTES, CloudEvent

from local.event_grid.state.config import EventSchema

MAX_BYTES = 1024 * 1024
"""Bytes of a request, so of a batch and of an event."""

MAX_EVENTS = 5000
"""Events of a batch."""

BATCH_TYPE = "application/cloudevents-batch+json"
EVENT_TYPE = "application/cloudevents+json"


class PublishRefused(Exception):
    """The topic refuses the request: HTTP status, Event Grid's error code and the reason."""

    def __init__(self, status: int, code: str, message: str, detail: str | None = None) -> None:
        """`detail` is the code of the error's only detail; the error's own code when None."""
        super().__init__(message)
        self.status = status
        self.code = code
        self.detail = detail or code

    @property
    def body(self) -> dict[str, Any]:
        """The JSON body of the answer."""
        details = [{"code": self.detail, "message": str(self)}]
        return {"error": {"code": self.code, "message": str(self), "details": details}}


@dataclass(frozen=True)
class Event:
    """One event: the attributes that both schemas have, and the whole of it as JSON."""

    schema: EventSchema
    id: str
    source: str
    type: str
    subject: str
    body: Mapping[str, Any]

    @classmethod
    def of(cls, schema: EventSchema, body: Mapping[str, Any]) -> "Event":
        """Return the event in a checked JSON object of that schema."""
        source, type_ = ("source", "type") if schema is EventSchema.CLOUD_EVENTS else ("topic", "eventType")
        return cls(schema, body["id"], body[source], body[type_], body.get("subject") or "", body)

    def in_schema(self, schema: EventSchema) -> "Event":
        """Return the event in a schema; one of Event Grid becomes a CloudEvent as the service maps its fields."""
        if schema is self.schema:
            return self
        time = {"time": self.body["eventTime"]} if "eventTime" in self.body else {}
        attributes = {"id": self.id, "source": self.source, "type": self.type, "subject": self.subject}
        return Event.of(schema, {"specversion": "1.0", **attributes, **time, "data": self.body.get("data")})


def parse(body: bytes, content_type: str) -> list[Event]:
    """Return the CloudEvents of a publish request.

    Raises PublishRefused: 413 for too much, 415 for another content type, 400 for an invalid event.
    """
    if len(body) > MAX_BYTES:
        raise too_large(MAX_BYTES)
    items = _parse_items(body, content_type.partition(";")[0].strip().lower())
    if len(items) > MAX_EVENTS:
        raise PublishRefused(
            413, "RequestEntityTooLarge", f"The maximum number of events ({MAX_EVENTS}) has been exceeded."
        )
    return [Event.of(EventSchema.CLOUD_EVENTS, _cloud_event(item)) for item in items]


def too_large(limit: int) -> PublishRefused:
    """Return the refusal of a request of more than `limit` bytes."""
    return PublishRefused(413, "RequestEntityTooLarge", f"The maximum size ({limit}) has been exceeded.")


def _parse_items(body: bytes, media_type: str) -> list[Any]:
    is_single = media_type == EVENT_TYPE
    if media_type not in {EVENT_TYPE, BATCH_TYPE}:
        raise PublishRefused(
            415, "UnsupportedMediaType", f"The content type must be one of {BATCH_TYPE}, {EVENT_TYPE}."
        )
    try:
        parsed = json.loads(body)
    except ValueError as error:
        raise _invalid("The JSON received is not valid.") from error
    if isinstance(parsed, list) == is_single:
        want, got = ("StartObject", "StartArray") if is_single else ("StartArray", "StartObject")
        raise _invalid(f"Token Expected: {want}, Actual Token Received: {got}.")
    return [parsed] if is_single else parsed


def _cloud_event(item: object) -> dict[str, Any]:
    """Return the object without its unset (null) attributes, once the package has found it valid."""
    if not isinstance(item, dict):
        raise _invalid("An event must be a JSON object.")
    event = {name: value for name, value in item.items() if value is not None or name == "data"}
    missing = [name for name in REQUIRED_ATTRIBUTES if name not in event]
    if missing:
        raise _invalid(f"Required attributes are missing: {', '.join(missing)}.")
    try:
        JSONFormat().read(CloudEvent, json.dumps(event))
    except (BaseCloudEventException, ValueError, TypeError) as error:
        raise _invalid(str(error)) from error
    return event


def _invalid(reason: str) -> PublishRefused:
    message = (
        "This resource is configured to receive event in 'CloudEventV10' schema. "
        f"The JSON received does not conform to the expected schema. {reason}"
    )
    return PublishRefused(400, "BadRequest", message, "InputJsonInvalid")
