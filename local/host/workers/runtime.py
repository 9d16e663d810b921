"""The function app inside a worker process, driven through the real worker library (`azure-functions-runtime`)."""

import base64
import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

from local.host.workers.protos import PROTOS, Message
from local.host.workers.wire import Data
from local.host.workers.wire import Message as WireMessage

_STATUS = {PROTOS.StatusResult.Success: "success", PROTOS.StatusResult.Cancelled: "cancelled"}


class IndexingError(RuntimeError):
    """The app could not be imported or indexed; the message is the exception's, with its stack trace."""


class Runtime:
    """One function app. The library keeps its state in module globals, so a process can host one only."""

    def __init__(self, app: Path) -> None:
        import azure_functions_runtime

        self._library: Any = azure_functions_runtime
        self._app = app

    async def index(self) -> list[WireMessage]:
        """Import the app and return its functions: `name`, `function_id`, `raw_bindings`.

        Raises:
            IndexingError: the import failed, a function is declared wrongly, or there are no functions.
        """
        sys.path.insert(0, str(self._app))
        self._library.start_threadpool_executor()
        init = SimpleNamespace(capabilities={}, function_app_directory=str(self._app))
        answer = await self._library.worker_init_request(
            SimpleNamespace(
                request=SimpleNamespace(worker_init_request=init), properties={"host": "127.0.0.1", "protos": PROTOS}
            )
        )
        if answer.result.status != PROTOS.StatusResult.Success:
            raise IndexingError(f"{answer.result.exception.message}\n{answer.result.exception.stack_trace}".strip())
        if "HttpUri" in answer.capabilities:
            raise IndexingError("the app uses HTTP streaming (azurefunctions-extensions-http), which is not supported")
        metadata = (await self._library.functions_metadata_request(SimpleNamespace())).function_metadata_results
        if not metadata:
            raise IndexingError(f"no functions were found in {self._app / 'function_app.py'}")
        for function in metadata:
            load = SimpleNamespace(function_load_request=SimpleNamespace(function_id=function.function_id))
            await self._library.function_load_request(SimpleNamespace(request=load))
        return [
            {"name": function.name, "function_id": function.function_id, "raw_bindings": list(function.raw_bindings)}
            for function in metadata
        ]

    async def invoke(self, call: WireMessage) -> WireMessage:
        """Run one function: `id`, `function_id`, `inputs` and `metadata` by name; never raises for the app's errors."""
        request = PROTOS.InvocationRequest(
            invocation_id=call["id"],
            function_id=call["function_id"],
            input_data=[
                PROTOS.ParameterBinding(name=name, data=_to_typed_data(data)) for name, data in call["inputs"].items()
            ],
            trigger_metadata={name: _to_typed_data(data) for name, data in call["metadata"].items()},
            trace_context=SimpleNamespace(trace_parent=_trace_parent(), trace_state="", attributes={}),
            retry_context=SimpleNamespace(retry_count=0, max_retry_count=0, exception=None),
        )
        answer = await self._library.invocation_request(
            SimpleNamespace(request=SimpleNamespace(invocation_request=request))
        )
        result: WireMessage = {"status": _STATUS.get(answer.result.status, "failure")}
        if answer.result.exception is not None:
            result |= {"error": answer.result.exception.message, "trace": answer.result.exception.stack_trace}
        if answer.return_value is not None:
            result["return_value"] = _to_wire_data(answer.return_value)
        return result

    def stop(self) -> None:
        """Let the threads of synchronous functions end."""
        self._library.stop_threadpool_executor()

    def current_invocation(self) -> str | None:
        """Return the invocation that the calling thread of the library's pool runs."""
        invocation_id: str | None = self._library.invocation_id_cv.get()
        return invocation_id


def _trace_parent() -> str:
    """Return a new W3C trace parent."""
    return f"00-{uuid4().hex}-{uuid4().hex[:16]}-01"


def _to_typed_data(data: Data) -> Message:
    """Return wire data as the library's TypedData."""
    [(data_type, value)] = data.items()
    if data_type == "bytes":
        value = base64.b64decode(value)
    elif data_type == "http":
        value = PROTOS.RpcHttp(**{**value, "body": _to_typed_data(value["body"])})
    elif data_type == "model_binding_data":
        content = value["content"].encode()
        value = Message(**{**value, "content": content, "content_type": "application/json"})
    typed: Message = PROTOS.TypedData(**{data_type: value})
    return typed


def _to_wire_data(typed: Any) -> Data:  # noqa: ANN401 - one of the message classes
    """Return the library's TypedData as wire data."""
    data_type = typed.WhichOneof("data")
    value = getattr(typed, data_type)
    if data_type == "bytes":
        return {data_type: base64.b64encode(value).decode()}
    if data_type == "http":
        cookies = [_cookie(cookie) for cookie in value.cookies or []]
        return {
            data_type: {"status": int(value.status_code), "headers": value.headers, "cookies": cookies}
            | {"body": _to_wire_data(value.body)}
        }
    return {data_type: value if isinstance(value, str) else json.dumps(value)}


def _cookie(cookie: Any) -> WireMessage:  # noqa: ANN401 - one of the message classes
    fields = {name: getattr(field, "value", field) for name, field in cookie.fields.items()}
    if "expires" in fields:
        fields["expires"] = fields["expires"].seconds
    return fields
