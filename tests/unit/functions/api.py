"""The HTTP functions as the platform calls them, over a World in memory."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

import azure.functions as func
import pytest

from functions.api import callers, routes
from shared import bootstrap
from shared.bootstrap_identity import IdentitySources
from tests.support.pipeline.world import World


class Answer(NamedTuple):
    """Status, media type, headers and JSON of an answer."""

    status: int
    media_type: str
    headers: Mapping[str, str]
    body: Any


KEY = {"x-functions-key": "a key that the host has checked"}


class Api:
    """Calls the functions of `functions/api/routes.py` by their names.

    `sources` are the ways in which callers may say who they are: function keys, unless a test changes them. `headers`
    are sent with every request.
    """

    def __init__(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        self.world = world
        self.sources = IdentitySources(platform=False, tokens=None, keys=True)
        self.headers = KEY | {"Content-Type": "application/json", "Host": "intray.example"}
        monkeypatch.setattr(bootstrap, "context", lambda: world.context)
        monkeypatch.setattr(callers, "identity_sources", lambda: self.sources)

    async def call(
        self, function: str, document_id: str = "", body: object = None, query: Mapping[str, str] | None = None
    ) -> Answer:
        """Call a function; a body that is neither bytes nor None is sent as Python's JSON, NaN included."""
        built = getattr(routes, function).build()
        (method,) = built.get_trigger().methods
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        request = func.HttpRequest(
            method.value,
            "https://intray.example/api",
            headers=self.headers,
            body=data,
            params=dict(query or {}),
            route_params={"document_id": document_id},
        )
        answer = await built.get_user_function()(request)
        return Answer(answer.status_code, answer.mimetype, answer.headers, json.loads(answer.get_body()))
