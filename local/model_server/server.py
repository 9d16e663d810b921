"""The HTTP server: routes, keys, faults and the ledger around the offline reader."""

import asyncio
import hmac
import json
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Executor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field

from aiohttp import web
from pydantic import ValidationError

from local.model_server.calls import Call, CallLog, CallRecord, request_hash
from local.model_server.deployments import Catalogue
from local.model_server.errors import ApiError, Json, invalid_request, prompt_filtered, throttling_error, wrong_key
from local.model_server.faults.script import Fault, FaultScript, parse_rules
from local.model_server.faults.spoil import drop_rows, spoil_evidence
from local.model_server.limits import RateWindow
from local.model_server.offline.reader import Question, answer
from local.model_server.protocol import ChatRequest, choice, completion, parse_request
from local.model_server.turns import Turns
from local.model_server.usage import PromptCache, cut_to_tokens, text_tokens

_MAX_BODY = 256 * 2**20  # bytes; 50 images of a few megabytes, in base64
_OK, _TOO_MANY = 200, 429
_EXHAUSTED_TOKENS = 16_000
"""What a model that reasons too long spends, where a request sets no limit."""
_DRIP_SECONDS = 0.1
type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class State:
    """Everything one server knows. `output_tokens`: most of an answer, whatever a request allows; None: no limit."""

    key: str | None
    pool: Executor
    rate: RateWindow
    output_tokens: int | None = None
    catalogue: Catalogue = field(default_factory=Catalogue)
    faults: FaultScript = field(default_factory=FaultScript)
    calls: CallLog = field(default_factory=CallLog)
    cache: PromptCache = field(default_factory=PromptCache)
    turns: Turns = field(default_factory=Turns)


STATE = web.AppKey("state", State)


def make_app(state: State) -> web.Application:
    """Return the application, ready for aiohttp's runner."""
    app = web.Application(client_max_size=_MAX_BODY, middlewares=[_errors])
    app[STATE] = state
    for base in ("/v1", "/openai/v1"):
        app.router.add_post(f"{base}/chat/completions", chat)
        app.router.add_get(f"{base}/models", models)
    app.router.add_get("/admin/calls", lambda request: _json(request.app[STATE].calls.as_json()))
    app.router.add_delete("/admin/calls", forget_calls)
    app.router.add_post("/admin/faults", add_faults)
    app.router.add_get("/admin/faults", lambda request: _json(request.app[STATE].faults.as_json()))
    app.router.add_delete("/admin/faults", clear_faults)
    return app


@web.middleware
async def _errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except ApiError as error:
        return web.json_response(error.body, status=error.status, headers=dict(error.headers))


def _check_key(request: web.Request) -> None:
    key_sent = request.headers.get("api-key") or request.headers.get("Authorization", "").removeprefix("Bearer ")
    key = request.app[STATE].key
    if not key_sent or (key is not None and not hmac.compare_digest(key_sent.encode(), key.encode())):
        raise wrong_key()


async def _json(value: object) -> web.Response:
    return web.json_response(value)


async def models(request: web.Request) -> web.Response:
    """`GET /v1/models`: the deployments."""
    _check_key(request)
    data = [{"id": d.name, "object": "model", "created": 0, "owned_by": "intray"} for d in request.app[STATE].catalogue]
    return web.json_response({"object": "list", "data": data})


async def forget_calls(request: web.Request) -> web.Response:
    """`DELETE /admin/calls`."""
    request.app[STATE].calls.clear()
    return web.Response(status=204)


async def add_faults(request: web.Request) -> web.Response:
    """`POST /admin/faults`: append a JSON list of rules."""
    try:
        rules = parse_rules(await request.read())
    except ValidationError as error:
        raise invalid_request(str(error)) from error
    request.app[STATE].faults.add(rules)
    return web.json_response({"added": len(rules)})


async def clear_faults(request: web.Request) -> web.Response:
    """`DELETE /admin/faults`."""
    request.app[STATE].faults.clear()
    return web.Response(status=204)


async def chat(request: web.Request) -> web.StreamResponse:
    """`POST /chat/completions`: check, count, apply the script's fault if one is due, read, answer."""
    _check_key(request)
    state = request.app[STATE]
    try:
        body = await request.json()
    except ValueError as error:
        raise invalid_request("We could not parse the JSON body of your request.") from error
    asked = parse_request(body, state.catalogue)
    digest = request_hash(body)
    record = state.calls.record(digest, asked.deployment.name, asked.schema_name)
    fault = state.faults.next_for(asked.schema_name, asked.deployment.name)
    try:
        headers = state.rate.spend(asked.prompt_tokens + (asked.max_tokens or 0))
        await _fail_before(fault)
        reply = await _answer(state, asked, digest, fault)
    except ApiError as error:
        record.note(Call(_client(request), error.status))
        raise
    headers |= {"x-request-id": digest[:32], "x-ms-deployment-name": asked.deployment.name, "x-ms-region": "local"}
    return await _send(request, reply, headers, record, fault)


def _client(request: web.Request) -> str:
    return request.headers.get("x-ms-client-request-id", "")


async def _fail_before(fault: Fault | None) -> None:
    if fault is None:
        return
    if fault.seconds and fault.kind != "drip":
        await asyncio.sleep(fault.seconds)
    if fault.kind == "content_filter":
        raise prompt_filtered()
    if fault.kind == "status":
        error = throttling_error(1) if fault.status == _TOO_MANY and fault.code is None else _scripted_error(fault)
        raise ApiError(fault.status, error.body, {**({} if fault.headers else error.headers), **fault.headers})


def _scripted_error(fault: Fault) -> ApiError:
    return ApiError(fault.status, {"error": {"code": fault.code or str(fault.status), "message": fault.message}})


async def _answer(state: State, asked: ChatRequest, digest: str, fault: Fault | None) -> Json:
    question = Question(asked.schema_name, asked.schema, asked.texts, asked.images)
    try:
        async with state.turns.take(asked.prompt_tokens):
            text = await asyncio.get_running_loop().run_in_executor(state.pool, answer, question)
    except BrokenProcessPool as error:
        raise ApiError(503, {"error": {"code": "503", "message": "The reader is restarting."}}) from error
    reason, refusal = "stop", None
    content: str | None = text
    match fault.kind if fault else None:
        case "truncate":
            content, reason = text[: len(text) // 2], "length"
        case "refusal":
            content, refusal = None, "I'm sorry, I can't assist with that request."
        case "content_filter_output":
            content, reason = "", "content_filter"
        case "invalid_json":
            content = text[:-1] + ",}"
        case "wrong_evidence":
            content = spoil_evidence(text)
        case "drop_rows":
            content = drop_rows(text)
        case "exhausted":
            content, reason = "", "length"
    most = min(limit for limit in (asked.max_tokens, state.output_tokens, sys.maxsize) if limit is not None)
    if content and text_tokens(content) > most:
        content, reason = cut_to_tokens(content, most), "length"
    cached = state.cache.cached_tokens(asked.deployment.name, asked.prompt)
    exhausted = fault is not None and fault.kind == "exhausted"
    spent = (asked.max_tokens or _EXHAUSTED_TOKENS) if exhausted else text_tokens(content or refusal or "")
    cached = min(cached, asked.prompt_tokens)
    return completion(asked, digest[:29], int(time.time()), choice(content, reason, refusal), spent, cached)


async def _send(
    request: web.Request, reply: Json, headers: Mapping[str, str], record: CallRecord, fault: Fault | None
) -> web.StreamResponse:
    kind = fault.kind if fault else None
    gone = request.transport is None or request.transport.is_closing()
    record.note(Call(_client(request), _OK, heard=not gone and kind not in {"drop", "cut"}))
    record.answered += 1
    record.prompt_tokens = reply["usage"]["prompt_tokens"]
    record.completion_tokens = reply["usage"]["completion_tokens"]
    payload = json.dumps(reply, ensure_ascii=False).encode("utf-8", "replace")
    if fault is not None and fault.kind == "body":
        payload = fault.body.encode("utf-8", "surrogatepass")
    if fault is not None and fault.kind == "drip":
        return await _drip(request, payload, headers, fault.seconds)
    if kind not in {"drop", "cut"}:
        return web.Response(body=payload, content_type="application/json", headers=headers)
    response = web.StreamResponse(headers={**headers, "Content-Length": str(len(payload))})
    if kind == "cut":
        response.content_type = "application/json"
        await response.prepare(request)
        await response.write(payload[: len(payload) // 2])
    if request.transport is not None:
        request.transport.abort() if kind == "drop" else request.transport.close()
    return response


async def _drip(request: web.Request, payload: bytes, headers: Mapping[str, str], seconds: float) -> web.StreamResponse:
    """Keep the connection alive with blanks, as some gateways do, before the answer."""
    response = web.StreamResponse(headers=headers)
    response.content_type = "application/json"
    await response.prepare(request)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        await response.write(b" ")
        await asyncio.sleep(_DRIP_SECONDS)
    await response.write(payload)
    return response
