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
        found = (await self._library.functions_metadata_request(SimpleNamespace())).function_metadata_results
        if not found:
            raise IndexingError(f"no functions were found in {self._app / 'function_app.py'}")
        for function in found:
            load = SimpleNamespace(function_load_request=SimpleNamespace(function_id=function.function_id))
            await self._library.function_load_request(SimpleNamespace(request=load))
        return [
            {"name": one.name, "function_id": one.function_id, "raw_bindings": list(one.raw_bindings)} for one in found
        ]

    async def invoke(self, call: WireMessage) -> WireMessage:
        """Run one function: `id`, `function_id`, `inputs` and `metadata` by name; never raises for the app's errors."""
        request = PROTOS.InvocationRequest(
            invocation_id=call["id"],
            function_id=call["function_id"],
            input_data=[PROTOS.ParameterBinding(name=name, data=_typed(data)) for name, data in call["inputs"].items()],
            trigger_metadata={name: _typed(data) for name, data in call["metadata"].items()},
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
            result["return_value"] = _plain(answer.return_value)
        return result

    def stop(self) -> None:
        """Let the threads of synchronous functions end."""
        self._library.stop_threadpool_executor()

    def current_invocation(self) -> str | None:
        """Return the invocation that the calling thread of the library's pool runs."""
        found: str | None = self._library.invocation_id_cv.get()
        return found


def _trace_parent() -> str:
    """Return a new W3C trace parent."""
    return f"00-{uuid4().hex}-{uuid4().hex[:16]}-01"


def _typed(data: Data) -> Message:
    """Wire data as the library's TypedData."""
    [(kind, value)] = data.items()
    if kind == "bytes":
        value = base64.b64decode(value)
    elif kind == "http":
        value = PROTOS.RpcHttp(**{**value, "body": _typed(value["body"])})
    elif kind == "model_binding_data":
        content = value["content"].encode()
        value = Message(**{**value, "content": content, "content_type": "application/json"})
    typed: Message = PROTOS.TypedData(**{kind: value})
    return typed


def _plain(typed: Any) -> Data:  # noqa: ANN401 - one of the message classes
    """Return the library's TypedData as wire data."""
    kind = typed.WhichOneof("data")
    value = getattr(typed, kind)
    if kind == "bytes":
        return {kind: base64.b64encode(value).decode()}
    if kind == "http":
        cookies = [_cookie(cookie) for cookie in value.cookies or []]
        return {
            kind: {"status": int(value.status_code), "headers": value.headers, "cookies": cookies}
            | {"body": _plain(value.body)}
        }
    return {kind: value if isinstance(value, str) else json.dumps(value)}


def _cookie(cookie: Any) -> WireMessage:  # noqa: ANN401 - one of the message classes
    fields = {name: getattr(field, "value", field) for name, field in cookie.fields.items()}
    if "expires" in fields:
        fields["expires"] = fields["expires"].seconds
    return fields
