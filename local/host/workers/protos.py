"""The message classes that the worker library is given instead of its protobuf ones.

The library takes them as a namespace, `request.properties["protos"]`, builds its answers from them by keyword and
reads requests by attribute: plain objects with the defaults of proto3 are enough. Found out by running it; held by
tests/worker. The names are the library's.
"""

from types import SimpleNamespace
from typing import Any, ClassVar


class Message:
    """An object made from keywords whose absent fields read as None, like an unset proto3 field."""

    def __init__(self, **fields: Any) -> None:  # noqa: ANN401 - whatever the library puts in
        self.fields = {name: value for name, value in fields.items() if value is not None}

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever was put in
        # `TypedData` must be missing: the library recognises a wrapped message by it.
        if name.startswith("__") or name == "TypedData":
            raise AttributeError(name)
        return self.fields.get(name)

    def WhichOneof(self, _group: str) -> str | None:  # noqa: N802 - protobuf's name
        """Return the name of the one field that is set."""
        return next(iter(self.fields), None)


class ParameterBinding(Message):
    """One named argument; its data always travels in the message itself."""

    def WhichOneof(self, _group: str) -> str | None:  # noqa: N802 - protobuf's name
        """Return where the data is."""
        return "data"


class BindingInfo(Message):
    """A binding's direction and data type, with protobuf's enum values as class attributes."""

    in_: ClassVar[int] = 0
    out: ClassVar[int] = 1
    inout: ClassVar[int] = 2
    undefined: ClassVar[int] = 0


class StatusResult(Message):
    """How a request went."""

    Failure: ClassVar[int] = 0
    Success: ClassVar[int] = 1
    Cancelled: ClassVar[int] = 2


class RpcHttpCookie(Message):
    """A cookie of an HTTP answer; SameSite values become the words of the header."""

    SameSite: ClassVar[SimpleNamespace] = SimpleNamespace(
        **{"None": None, "Lax": "Lax", "Strict": "Strict", "ExplicitNone": "None"}
    )


_PLAIN = (
    "TypedData", "RpcHttp", "RpcException", "NullableString", "NullableBool", "NullableDouble", "NullableTimestamp",
    "Timestamp", "WorkerInitResponse", "WorkerMetadata", "FunctionMetadataResponse", "FunctionLoadResponse",
    "RpcFunctionMetadata", "RpcRetryOptions", "InvocationRequest", "InvocationResponse",
)  # fmt: skip

#: The namespace handed to the worker library.
PROTOS = SimpleNamespace(
    **{name: type(name, (Message,), {}) for name in _PLAIN},
    ParameterBinding=ParameterBinding,
    BindingInfo=BindingInfo,
    StatusResult=StatusResult,
    RpcHttpCookie=RpcHttpCookie,
)
