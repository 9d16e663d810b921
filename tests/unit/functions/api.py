"""The HTTP functions as the platform calls them, over a World in memory."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

import azure.functions as func
import pytest

from functions import http
from shared import bootstrap
from tests.support.pipeline.world import World


class Answer(NamedTuple):
    """Status, media type, headers and JSON of an answer."""

    status: int
    media_type: str
    headers: Mapping[str, str]
    body: Any


class Api:
    """Calls the functions of `functions/http.py` by their names."""

    def __init__(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        self.world = world
        monkeypatch.setattr(bootstrap, "context", lambda: world.context)

    async def call(
        self, function: str, document_id: str = "", body: object = None, query: Mapping[str, str] | None = None
    ) -> Answer:
        """Call a function; a body that is neither bytes nor None is sent as Python's JSON, NaN included."""
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        request = func.HttpRequest(
            "POST", "/api", body=data, params=dict(query or {}), route_params={"document_id": document_id}
        )
        handler = getattr(http, function).build().get_user_function()
        answer = await handler(request)
        return Answer(answer.status_code, answer.mimetype, answer.headers, json.loads(answer.get_body()))
