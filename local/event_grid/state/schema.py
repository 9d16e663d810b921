"""Events as publishers send them and as subscribers get them, in both schemas.

An event is kept as it was published; parsing only checks it. CloudEvents are checked by the `cloudevents` package.
Limits: "Azure Event Grid quotas and limits" of the service's documentation.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cloudevents.core.exceptions import BaseCloudEventException
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import REQUIRED_ATTRIBUTES, CloudEvent
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue, ValidationError

from local.event_grid.state.config import EventSchema

MAX_BYTES = 1024 * 1024
"""Bytes of a request, so of a batch and of an event."""

MAX_EVENTS = 5000
"""Events of a batch."""

BATCH_TYPE = "application/cloudevents-batch+json"
EVENT_TYPE = "application/cloudevents+json"
_TOPIC_WORDS = {EventSchema.CLOUD_EVENTS: "CloudEventV10", EventSchema.EVENT_GRID: "EventGridEvent"}


class PublishRefused(Exception):
    """The topic does not take the request: its HTTP status, Event Grid's error code, and what is wrong."""

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


class _EventGridEvent(BaseModel):
    """The required properties of "Azure Event Grid event schema"."""

    model_config = ConfigDict(extra="forbid")
    id: str = Field(min_length=1)
    subject: str
    eventType: str = Field(min_length=1)  # noqa: N815 - the schema's name
    eventTime: AwareDatetime  # noqa: N815 - the schema's name
    dataVersion: str  # noqa: N815 - the schema's name
    data: JsonValue = None
    metadataVersion: str = "1"  # noqa: N815 - the schema's name
    topic: str | None = None


def parse(body: bytes, content_type: str, schema: EventSchema, topic_id: str) -> list[Event]:
    """The events of a publish request to a topic of that input schema; `topic_id` is stamped on Event Grid events.

    Raises PublishRefused: 413 for too much, 415 for another content type, 400 for anything that is no valid event.
    """
    if len(body) > MAX_BYTES:
        raise too_large(MAX_BYTES)
    items = _items(body, content_type.partition(";")[0].strip().lower(), schema)
    if len(items) > MAX_EVENTS:
        raise PublishRefused(
            413, "RequestEntityTooLarge", f"The maximum number of events ({MAX_EVENTS}) has been exceeded."
        )
    if schema is EventSchema.CLOUD_EVENTS:
        return [Event.of(schema, _cloud_event(item)) for item in items]
    return [Event.of(schema, _event_grid_event(item, topic_id)) for item in items]


def too_large(limit: int) -> PublishRefused:
    """Return the refusal of a request of more than `limit` bytes."""
    return PublishRefused(413, "RequestEntityTooLarge", f"The maximum size ({limit}) has been exceeded.")


def _items(body: bytes, media_type: str, schema: EventSchema) -> list[Any]:
    single = media_type == EVENT_TYPE
    accepted = {EVENT_TYPE, BATCH_TYPE} if schema is EventSchema.CLOUD_EVENTS else {"application/json"}
    if media_type not in accepted:
        raise PublishRefused(
            415, "UnsupportedMediaType", f"The content type must be one of {', '.join(sorted(accepted))}."
        )
    try:
        parsed = json.loads(body)
    except ValueError as error:
        raise _invalid(schema, "The JSON received is not valid.") from error
    if isinstance(parsed, list) == single:
        want, got = ("StartObject", "StartArray") if single else ("StartArray", "StartObject")
        raise _invalid(schema, f"Token Expected: {want}, Actual Token Received: {got}.")
    return [parsed] if single else parsed


def _cloud_event(item: object) -> dict[str, Any]:
    """Return the object without its unset (null) attributes, once the package has found it valid."""
    if not isinstance(item, dict):
        raise _invalid(EventSchema.CLOUD_EVENTS, "An event must be a JSON object.")
    event = {name: value for name, value in item.items() if value is not None or name == "data"}
    missing = [name for name in REQUIRED_ATTRIBUTES if name not in event]
    if missing:
        raise _invalid(EventSchema.CLOUD_EVENTS, f"Required attributes are missing: {', '.join(missing)}.")
    try:
        JSONFormat().read(CloudEvent, json.dumps(event))
    except (BaseCloudEventException, ValueError, TypeError) as error:
        raise _invalid(EventSchema.CLOUD_EVENTS, str(error)) from error
    return event


def _event_grid_event(item: object, topic_id: str) -> dict[str, Any]:
    if not isinstance(item, dict):
        raise _invalid(EventSchema.EVENT_GRID, "An event must be a JSON object.")
    try:
        event = _EventGridEvent.model_validate(item)
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_input=False))
        raise _invalid(EventSchema.EVENT_GRID, wrong) from error
    if event.topic not in (None, "", topic_id):
        raise _invalid(EventSchema.EVENT_GRID, "The property 'topic' must be left out or be the topic's own.")
    return {"data": None, "metadataVersion": "1", **item, "topic": topic_id}


def _invalid(schema: EventSchema, why: str) -> PublishRefused:
    message = (
        f"This resource is configured to receive event in '{_TOPIC_WORDS[schema]}' schema. "
        f"The JSON received does not conform to the expected schema. {why}"
    )
    return PublishRefused(400, "BadRequest", message, "InputJsonInvalid")


def converted(event: Event, schema: EventSchema) -> dict[str, Any]:
    """Return the event as JSON in the delivery schema.

    Event Grid events become CloudEvents as "CloudEvents schema" of the service's documentation maps them; the other way
    does not exist, and raises ValueError.
    """
    if event.schema is schema:
        return dict(event.body)
    if schema is EventSchema.EVENT_GRID:
        raise ValueError("CloudEvents are not delivered in the Event Grid schema")
    return {
        "specversion": "1.0",
        "id": event.id,
        "source": event.source,
        "type": event.type,
        **({"subject": event.subject} if event.subject else {}),
        "time": event.body["eventTime"],
        "datacontenttype": "application/json",
        "data": event.body["data"],
    }
