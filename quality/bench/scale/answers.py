"""A model API that repeats stored answers after a constant time, so that a measurement is not one of the model.

The first request of its kind is passed on to the local model server, and its answer kept. Requests are recognised by
what a model is asked: the block for deterministic readers (INTRAY_MODEL_HINTS), which the local model server needs and
no language model gets, does not count. So answers are recorded with that block, and served to an app without it.
"""

import asyncio
import hashlib
import json
import secrets
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

from local.model_server.usage import text_tokens
from local.processes import part

_MAX_REQUEST_BYTES = 64 << 20
_MODEL_WORKERS = 2


@dataclass
class StoredAnswers:
    """Answers by request, and the seconds after which one is given.

    `missed`: requests that had no stored answer and were passed on to `upstream`. `usage`: requests, prompt and
    completion tokens by deployment.
    """

    session: aiohttp.ClientSession
    upstream: str
    key: str
    seconds: float = 0.0
    missed: int = 0
    usage: Counter[tuple[str, str]] = field(default_factory=Counter)
    url: str = ""
    _answers: dict[str, bytes] = field(default_factory=dict)

    @property
    def requests(self) -> int:
        """How many requests came."""
        return sum(count for (_, unit), count in self.usage.items() if unit == "requests")

    async def answer(self, request: web.Request) -> web.Response:
        """Give the stored answer of a chat completion, or have it made."""
        began = asyncio.get_running_loop().time()
        body = await request.json()
        digest = identify_request(body)
        if digest not in self._answers:
            self.missed += 1
            self._answers[digest] = await self._make(body)
        answer = self._answers[digest]
        usage, deployment = json.loads(answer)["usage"], body["model"]
        self.usage[deployment, "requests"] += 1
        self.usage[deployment, "prompt tokens"] += usage["prompt_tokens"]
        self.usage[deployment, "completion tokens"] += usage["completion_tokens"]
        await asyncio.sleep(began + self.seconds - asyncio.get_running_loop().time())
        return web.Response(body=answer, content_type="application/json")

    async def _make(self, body: dict[str, Any]) -> bytes:
        headers = {"authorization": f"Bearer {self.key}"}
        async with self.session.post(f"{self.upstream}/v1/chat/completions", json=body, headers=headers) as answer:
            answer.raise_for_status()
            made = await answer.json()
        made["usage"]["prompt_tokens"] -= sum(text_tokens(text) for text in _texts(body) if _is_hints(text))
        return json.dumps(made).encode()


@asynccontextmanager
async def stored_answers() -> AsyncIterator[StoredAnswers]:
    """Serve on loopback for the length of a block; `url` is the API's base address."""
    key = secrets.token_urlsafe(24)
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(
            part("local.model_server", f"--key={key}", "--workers", str(_MODEL_WORKERS))
        )
        session = await stack.enter_async_context(aiohttp.ClientSession())
        stored = StoredAnswers(session, str(server.ready["url"]).rstrip("/"), key)
        app = web.Application(client_max_size=_MAX_REQUEST_BYTES)
        app.router.add_post("/v1/chat/completions", stored.answer)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        stored.url = f"http://{host}:{port}/v1"
        yield stored


def identify_request(body: dict[str, Any]) -> str:
    """Return what tells requests apart: deployment, schema and texts, without hints and pictures."""
    asked = [text for text in _texts(body) if not _is_hints(text)]
    identity = json.dumps([body["model"], body["response_format"]["json_schema"]["name"], asked])
    return hashlib.sha256(identity.encode()).hexdigest()


def _texts(body: dict[str, Any]) -> Iterator[str]:
    """Yield the texts of a request, in order."""
    for message in body["messages"]:
        content = message["content"]
        if isinstance(content, str):
            yield content
        else:
            yield from (part["text"] for part in content if part["type"] == "text")


def _is_hints(text: str) -> bool:
    return text.startswith("<hints>")
