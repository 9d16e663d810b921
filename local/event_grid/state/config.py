"""Subscriptions with their filters, and the topics and containers that the local Event Grid serves.

Names and shapes follow the `properties` of `Microsoft.EventGrid/eventSubscriptions`, so that a filter can be copied to
and from a Bicep module.
"""

from dataclasses import dataclass
from enum import StrEnum
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
"""The key of every local topic. Public, as that of Azurite's account is: it protects only loopback."""


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)


class EventSchema(StrEnum):
    """Custom topics take and deliver CloudEvents; the storage topic delivers Event Grid's own schema."""

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
_NO_OPERANDS = TypeAdapter[Any](Annotated[list[JsonValue], Field(max_length=0)])
_STRINGS = TypeAdapter[Any](Annotated[list[Annotated[StrictStr, Field(max_length=512)]], Field(min_length=1)])
_NUMBERS = TypeAdapter[Any](Annotated[list[_Number], Field(min_length=1)])
_RANGES = TypeAdapter[Any](
    Annotated[list[Annotated[list[_Number], Field(min_length=2, max_length=2)]], Field(min_length=1)]
)
_BOOL = TypeAdapter[Any](Annotated[list[StrictBool], Field(min_length=1, max_length=1)])


def _operand_type(operator: Operator) -> TypeAdapter[Any]:
    """Return the type that an operator's operands must have."""
    if operator in (Operator.IS_NULL_OR_UNDEFINED, Operator.IS_NOT_NULL):
        return _NO_OPERANDS
    if operator in (Operator.NUMBER_IN_RANGE, Operator.NUMBER_NOT_IN_RANGE):
        return _RANGES
    if operator is Operator.BOOL_EQUALS:
        return _BOOL
    return _STRINGS if operator.startswith("String") else _NUMBERS


class AdvancedFilter(_Model):
    """One condition on a field of the event, such as `data.api`; `value` or `values`, as the operator needs."""

    operator_type: Operator
    key: str
    value: JsonValue = None
    values: tuple[JsonValue, ...] = ()

    @model_validator(mode="after")
    def _check_operands(self) -> Self:
        """Refuse operands that the operator cannot compare with."""
        _operand_type(self.operator_type).validate_python([*self.operands])
        return self

    @property
    def operands(self) -> tuple[JsonValue, ...]:
        """The values to compare with; one `value` counts as a list of one."""
        return self.values if self.value is None else (self.value,)


class Filter(_Model):
    """Which events a subscription gets; all parts must hold. An empty filter matches every event."""

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
    """Duplicates and a changed order, which Event Grid allows but rarely shows, reproducible by a seed.

    `copies` extra deliveries of every `duplicate_every`-th event, or of a `duplicate_probability` share of them;
    each event waits up to `reorder_seconds` before its first delivery.
    """

    duplicate_every: int = Field(default=0, ge=0)
    duplicate_probability: float = Field(default=0.0, ge=0.0, le=1.0)
    copies: int = Field(default=1, ge=1, le=10)
    reorder_seconds: float = Field(default=0.0, ge=0.0)
    seed: int = 0


class Subscription(_Model):
    """A webhook or a storage queue that gets the matching events of a topic.

    `endpoint_url` may carry a key: it is never shown. `event_delivery_schema` None: the schema of the topic.
    """

    name: str = Field(pattern=r"^[A-Za-z0-9-]{3,64}$")
    topic: str
    endpoint_url: str | None = Field(default=None, pattern=r"^https?://", repr=False)
    queue_name: str | None = Field(default=None, pattern=r"^[a-z0-9](-?[a-z0-9]){2,62}$")
    event_delivery_schema: EventSchema | None = None
    filter: Filter = Filter()
    retry_policy: RetryPolicy = RetryPolicy()
    dead_letter_container: str | None = None
    faults: ScriptedFaults = ScriptedFaults()

    @model_validator(mode="after")
    def _check_destination(self) -> Self:
        """Refuse a subscription without one destination, or with a schema that its topic's events cannot have."""
        if (self.endpoint_url is None) == (self.queue_name is None):
            raise ValueError("a subscription has either an endpointUrl or a queueName")
        if self.topic != STORAGE_TOPIC and self.event_delivery_schema is EventSchema.EVENT_GRID:
            raise ValueError("CloudEvents cannot be delivered in the schema of Event Grid")
        return self

    @property
    def event_schema(self) -> EventSchema:
        """The schema in which events are delivered."""
        own = EventSchema.EVENT_GRID if self.topic == STORAGE_TOPIC else EventSchema.CLOUD_EVENTS
        return self.event_delivery_schema or own

    @property
    def shown_destination(self) -> str:
        """The destination: the endpoint without its query, which may hold a key, or the queue."""
        return self.endpoint_url.partition("?")[0] if self.endpoint_url else f"queue {self.queue_name}"


@dataclass(frozen=True)
class GridConfig:
    """The custom topics, the watched containers, and seconds to wait for subscribers' handshakes at start."""

    topics: tuple[str, ...] = ()
    containers: tuple[str, ...] = ()
    poll_seconds: float = 0.5
    handshake_seconds: float = 60.0

    def has_topic(self, name: str) -> bool:
        """Return whether there is a topic of that name, custom or the storage account's."""
        return name == STORAGE_TOPIC or name in self.topics
