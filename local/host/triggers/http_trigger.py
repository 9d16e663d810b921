"""HTTP functions: which function a request is for, what the worker gets of it, and its answer."""

import base64
import json
import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import unquote

from aiohttp import web
from multidict import MultiMapping

from local.host.settings.keys import Keys
from local.host.workers.functions import Function
from local.host.workers.pool import WorkerPool
from local.host.workers.process import Call, Outcome
from local.host.workers.wire import Data, bytes_data, bytes_of, text_data

_ALL_METHODS = ("GET", "POST", "DELETE", "HEAD", "PATCH", "PUT", "OPTIONS")
_PARAMETER = re.compile(r"\{(?P<rest>\*{0,2})(?P<name>\w+)(?::(?P<kind>\w+))?(?P<optional>\?)?\}")
_KINDS = {
    "int": r"-?\d+",
    "long": r"-?\d+",
    "alpha": "[A-Za-z]+",
    "bool": "(?i:true|false)",
    "guid": r"[0-9A-Fa-f-]{36}",
}
_MADE_BY_THE_SERVER = frozenset({"content-length", "transfer-encoding", "connection", "date", "server"})


@dataclass(frozen=True)
class Route:
    """An HTTP function and its address below the route prefix, such as `documents/{id}` or `files/{*rest}`."""

    function: Function

    @property
    def template(self) -> str:
        """The route of the binding, by default the function's name."""
        return self.function.trigger.text("route", self.function.name).strip("/")

    @property
    def methods(self) -> tuple[str, ...]:
        """The methods it takes, by default all."""
        return tuple(str(method).upper() for method in self.function.trigger.options.get("methods") or _ALL_METHODS)

    @property
    def level(self) -> str:
        """Its authorisation level, by default `function`."""
        return self.function.trigger.text("authLevel", "function")

    @property
    def rank(self) -> tuple[int, ...]:
        """Sorts routes: what is fixed before what is a parameter, and a parameter for the rest last."""
        return tuple(
            2 if part.startswith("{*") else 1 if "{" in part else 0 for part in self.template.lower().split("/")
        )

    def match(self, path: str) -> dict[str, str] | None:
        """Return the route's parameters, decoded, or None when a path (without leading slash) does not match."""
        match = self._expression.fullmatch(path.rstrip("/"))
        return {name: unquote(value) for name, value in match.groupdict().items() if value} if match else None

    @cached_property
    def _expression(self) -> re.Pattern[str]:
        pattern = ""
        for index, part in enumerate(self.template.split("/")):
            slash, text, position = "/" if index else "", "", 0
            optional = False
            for parameter in _PARAMETER.finditer(part):
                pattern_text = ".*" if parameter["rest"] else _KINDS.get(parameter["kind"] or "", "[^/]+")
                optional = optional or bool(parameter["optional"] or parameter["rest"])
                text += re.escape(part[position : parameter.start()]) + f"(?P<{parameter['name']}>{pattern_text})"
                position = parameter.end()
            text = slash + text + re.escape(part[position:])
            pattern += f"(?:{text})?" if optional else text
        return re.compile(pattern, re.IGNORECASE)


class HttpTrigger:
    """Answers requests with HTTP functions."""

    def __init__(self, functions: list[Function], pool: WorkerPool, keys: Keys) -> None:
        self._routes = sorted((Route(function) for function in functions), key=lambda route: route.rank)
        self._pool = pool
        self._keys = keys

    async def answer(self, request: web.Request, path: str) -> web.StreamResponse:
        """Run the function for a request whose path below the prefix is `path`.

        404 for an unknown address or method, 401 without a key of the function's level, 500 for a failure.
        """
        for route in self._routes:
            parameters = route.match(path) if request.method in route.methods else None
            if parameters is None:
                continue
            if not self._keys.admit(request, route.level):
                return web.Response(status=401)
            data = {"http": await _request_data(request, parameters)}
            metadata = {name: text_data(value) for name, value in parameters.items()}
            outcome = await self._pool.invoke(Call(route.function, {route.function.trigger.parameter: data}, metadata))
            return _response(outcome)
        return web.Response(status=404)


async def _request_data(request: web.Request, parameters: dict[str, str]) -> dict[str, Any]:
    return {
        "method": request.method,
        "url": str(request.url),
        "headers": _join_values(request.headers),
        "query": _join_values(request.query),
        "params": parameters,
        "body": bytes_data(await request.read()),
    }


def _join_values(values: MultiMapping[str]) -> dict[str, str]:
    """Return one text for each name; several values of one name are joined by commas, as ASP.NET does."""
    return {name: ",".join(values.getall(name)) for name in values}


def _response(outcome: Outcome) -> web.StreamResponse:
    if outcome.status == "unstarted":
        return web.Response(status=503)
    if not outcome.is_success:
        return web.Response(status=500)
    if outcome.return_value is None:
        return web.Response(status=204)
    if "http" not in outcome.return_value:
        content_type = "application/json" if "json" in outcome.return_value else "text/plain"
        return web.Response(body=bytes_of(outcome.return_value), content_type=content_type, charset="utf-8")
    http: dict[str, Any] = outcome.return_value["http"]
    headers = {name: value for name, value in http["headers"].items() if name.lower() not in _MADE_BY_THE_SERVER}
    response = web.Response(status=http["status"], headers=headers, body=_body(http["body"]))
    for cookie in http["cookies"]:
        _set_cookie(response, cookie)
    return response


def _body(data: Data) -> bytes:
    return base64.b64decode(data["bytes"]) if "bytes" in data else json.dumps(data).encode()


def _set_cookie(response: web.Response, cookie: dict[str, Any]) -> None:
    max_age = cookie.get("max_age")
    response.set_cookie(
        cookie["name"],
        cookie["value"],
        domain=cookie.get("domain") or None,
        path=cookie.get("path") or "/",
        max_age=None if max_age is None else int(max_age),
        secure=cookie.get("secure"),
        httponly=cookie.get("http_only"),
        samesite=cookie.get("same_site"),
    )
