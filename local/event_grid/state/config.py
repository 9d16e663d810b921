"""What the stand-in is told: topics, watched containers and subscriptions.

Names and shapes follow the `properties` of `Microsoft.EventGrid/eventSubscriptions`, so that a filter can be copied
between a Bicep module and a local configuration file.
"""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
    TypeAdapter,
    model_validator,
)
from pydantic.alias_generators import to_camel

STORAGE_TOPIC = "storage"
"""The system topic on which the storage source announces blobs."""

LOCAL_TOPIC_KEY = "bG9jYWwgZXZlbnQgZ3JpZCwgbm90IGEgc2VjcmV0"
"""The topic key of every local topic that names no other. Public, as Azurite's is: it guards nothing but loopback."""


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)


class EventSchema(StrEnum):
    """The two event schemas of Event Grid that are imitated (the custom input schema is not)."""

    CLOUD_EVENTS = "CloudEventSchemaV1_0"
    EVENT_GRID = "EventGridSchema"


class Operator(StrEnum):
    """Operators of advanced filters, all those of the event filtering page of Event Grid's documentation."""

    STRING_IN = "StringIn"
    STRING_NOT_IN = "StringNotIn"
    STRING_BEGINS_WITH = "StringBeginsWith"
    STRING_NOT_BEGINS_WITH = "StringNotBeginsWith"
    STRING_ENDS_WITH = "StringEndsWith"
    STRING_NOT_ENDS_WITH = "StringNotEndsWith"
    STRING_CONTAINS = "StringContains"
    STRING_NOT_CONTAINS = "StringNotContains"
    NUMBER_IN = "NumberIn"
    NUMBER_NOT_IN = "NumberNotIn"
    NUMBER_LESS_THAN = "NumberLessThan"
    NUMBER_LESS_THAN_OR_EQUALS = "NumberLessThanOrEquals"
    NUMBER_GREATER_THAN = "NumberGreaterThan"
    NUMBER_GREATER_THAN_OR_EQUALS = "NumberGreaterThanOrEquals"
    NUMBER_IN_RANGE = "NumberInRange"
    NUMBER_NOT_IN_RANGE = "NumberNotInRange"
    BOOL_EQUALS = "BoolEquals"
    IS_NULL_OR_UNDEFINED = "IsNullOrUndefined"
    IS_NOT_NULL = "IsNotNull"


_Number = StrictInt | StrictFloat
_NOTHING = TypeAdapter[Any](Annotated[list[JsonValue], Field(max_length=0)])
_STRINGS = TypeAdapter[Any](Annotated[list[Annotated[StrictStr, Field(max_length=512)]], Field(min_length=1)])
_NUMBERS = TypeAdapter[Any](Annotated[list[_Number], Field(min_length=1)])
_RANGES = TypeAdapter[Any](
    Annotated[list[Annotated[list[_Number], Field(min_length=2, max_length=2)]], Field(min_length=1)]
)
_BOOL = TypeAdapter[Any](Annotated[list[StrictBool], Field(min_length=1, max_length=1)])


def _operand_type(operator: Operator) -> TypeAdapter[Any]:
    """Return what the operands of an operator must be."""
    if operator in (Operator.IS_NULL_OR_UNDEFINED, Operator.IS_NOT_NULL):
        return _NOTHING
    if operator in (Operator.NUMBER_IN_RANGE, Operator.NUMBER_NOT_IN_RANGE):
        return _RANGES
    if operator is Operator.BOOL_EQUALS:
        return _BOOL
    return _STRINGS if operator.startswith("String") else _NUMBERS


class AdvancedFilter(_Model):
    """One condition on a field of the event, such as `data.api`; `value` or `values`, as the operator wants."""

    operator_type: Operator
    key: str
    value: JsonValue = None
    values: tuple[JsonValue, ...] = ()

    @model_validator(mode="after")
    def _operands_fit(self) -> Self:
        """Refuse operands that the operator cannot compare with."""
        _operand_type(self.operator_type).validate_python([*self.operands])
        return self

    @property
    def operands(self) -> tuple[JsonValue, ...]:
        """The values to compare with; one `value` counts as a list of one."""
        return self.values if self.value is None else (self.value,)


class Filter(_Model):
    """Which events a subscription wants; all parts must hold. An empty filter wants every event."""

    included_event_types: tuple[str, ...] | None = None
    subject_begins_with: str = ""
    subject_ends_with: str = ""
    is_subject_case_sensitive: bool = False
    enable_advanced_filtering_on_arrays: bool = False
    advanced_filters: tuple[AdvancedFilter, ...] = Field(default=(), max_length=25)


class RetryPolicy(_Model):
    """When to give up (defaults and bounds are Event Grid's) and, for tests, other waits (seconds) than its own."""

    max_delivery_attempts: int = Field(default=30, ge=1, le=30)
    event_time_to_live_in_minutes: int = Field(default=1440, ge=1, le=1440)
    waits: tuple[float, ...] | None = None


class ScriptedFaults(_Model):
    """What Event Grid may do and rarely does, made to happen: duplicates and a changed order, both set by a seed.

    `copies` extra deliveries of every `duplicate_every`-th event, or of a `duplicate_probability` share of them;
    each event waits up to `reorder_seconds` before its first delivery.
    """

    duplicate_every: int = Field(default=0, ge=0)
    duplicate_probability: float = Field(default=0.0, ge=0.0, le=1.0)
    copies: int = Field(default=1, ge=1, le=10)
    reorder_seconds: float = Field(default=0.0, ge=0.0)
    seed: int = 0


class Subscription(_Model):
    """A webhook that gets the matching events of a topic. `endpoint_url` may carry a key: it is never shown."""

    name: str = Field(pattern=r"^[A-Za-z0-9-]{3,64}$")
    topic: str
    endpoint_url: str = Field(pattern=r"^https?://", repr=False)
    event_delivery_schema: EventSchema | None = None
    filter: Filter = Filter()
    retry_policy: RetryPolicy = RetryPolicy()
    dead_letter_container: str | None = None
    max_concurrency: int = Field(default=16, ge=1, le=256)
    faults: ScriptedFaults = ScriptedFaults()

    @property
    def endpoint_base_url(self) -> str:
        """The endpoint without its query, where keys live."""
        return self.endpoint_url.partition("?")[0]


class Topic(_Model):
    """A custom topic; it takes events of one schema, as Event Grid's do."""

    name: str = Field(pattern=r"^[A-Za-z0-9-]{3,50}$")
    key: str = Field(default=LOCAL_TOPIC_KEY, repr=False)
    input_schema: EventSchema = EventSchema.CLOUD_EVENTS


class StorageSource(_Model):
    """The containers of the storage account to watch, and how often to look, in seconds."""

    containers: tuple[str, ...] = ()
    poll_seconds: float = Field(default=0.5, gt=0)


class GridConfig(_Model):
    """The whole configuration; `handshake_seconds` is how long to wait at start for subscribers to come up."""

    topics: tuple[Topic, ...] = ()
    storage: StorageSource = StorageSource()
    subscriptions: tuple[Subscription, ...] = ()
    handshake_seconds: float = Field(default=60.0, ge=0)

    @model_validator(mode="after")
    def _subscriptions_fit_topics(self) -> Self:
        for subscription in self.subscriptions:
            self.check(subscription)
        return self

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a JSON file; raises OSError or pydantic.ValidationError, which says where the file is wrong."""
        return cls.model_validate_json(path.read_bytes())

    def topic(self, name: str) -> Topic | None:
        """Return the custom topic of that name."""
        return next((topic for topic in self.topics if topic.name == name), None)

    def input_schema(self, topic: str) -> EventSchema | None:
        """The schema in which the topic (custom or system) takes its events; None when there is no such topic."""
        if topic == STORAGE_TOPIC:
            return EventSchema.EVENT_GRID
        custom = self.topic(topic)
        return custom.input_schema if custom else None

    def check(self, subscription: Subscription) -> None:
        """Raise ValueError when there is no such topic, or its events cannot be turned into the delivery schema."""
        source = self.input_schema(subscription.topic)
        if source is None:
            raise ValueError(f"subscription {subscription.name}: there is no topic {subscription.topic}")
        if (source, subscription.event_delivery_schema) == (EventSchema.CLOUD_EVENTS, EventSchema.EVENT_GRID):
            raise ValueError(f"subscription {subscription.name}: a CloudEvents topic delivers CloudEvents only")

    def delivery_schema(self, subscription: Subscription) -> EventSchema:
        """Return the schema of the deliveries: the subscription's, else that of the topic's input."""
        return subscription.event_delivery_schema or self.input_schema(subscription.topic) or EventSchema.CLOUD_EVENTS
