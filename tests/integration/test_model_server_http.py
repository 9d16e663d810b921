"""The model server as a process of its own, asked by the real openai client."""

import asyncio
import base64
import io
import json
import os
import signal
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import openai
import psutil
import pytest
import pytest_asyncio
from openai import AsyncOpenAI
from openai.types.chat import ChatCompletion
from PIL import Image, ImageDraw, ImageFont
from pydantic import BaseModel

from local.processes import Part, part
from shared.pipeline.models.prompting.schema import extraction_schema
from tests.support.paper import document_part, field, fields

pytestmark = pytest.mark.asyncio(loop_scope="module")

KEY = "a-key-for-this-test"
SCHEMA = extraction_schema(fields(invoice_no=field("identifier", "Invoice number"), total=field("money", "Total")))
ROWS: list[list[tuple[float, str]]] = [[(40, "Invoice no.: KX-77")], [(40, "Total"), (200, "119.00")]]


class Server:
    """A running server and a client for it."""

    def __init__(self, process: Part) -> None:
        self.process = process
        self.url: str = process.ready["url"]
        self.client = AsyncOpenAI(base_url=f"{self.url}/openai/v1/", api_key=KEY, max_retries=0)

    async def read(self, model: str = "gpt-4.1", name: str = "extract_thing", **options: Any) -> ChatCompletion:
        """The answer to an extraction of ROWS."""
        answer: ChatCompletion = await self.client.chat.completions.create(
            model=model,
            messages=[
                {"role": "system", "content": "Read."},
                {"role": "user", "content": [{"type": "text", "text": document_part(ROWS)}]},
            ],
            response_format={"type": "json_schema", "json_schema": {"name": name, "strict": True, "schema": SCHEMA}},
            **options,
        )
        return answer

    async def admin(self, method: str, path: str, body: object = None) -> Any:
        """An admin call's JSON answer."""
        async with aiohttp.ClientSession() as session, session.request(method, self.url + path, json=body) as reply:
            return await reply.json() if reply.content_type == "application/json" else reply.status

    async def fail_next(self, kind: str, **details: Any) -> None:
        """Script one fault."""
        await self.admin("POST", "/admin/faults", [{"fault": {"kind": kind, **details}}])


@asynccontextmanager
async def running(*arguments: str) -> AsyncIterator[Server]:
    """A server with a key."""
    async with part("local.model_server", "--key", KEY, *arguments) as process:
        server = Server(process)
        yield server
        await server.client.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared() -> AsyncIterator[Server]:
    async with running() as started:
        yield started


@pytest_asyncio.fixture(loop_scope="module")
async def server(shared: Server) -> Server:
    """The shared server without the last test's faults and calls."""
    await shared.admin("DELETE", "/admin/faults")
    await shared.admin("DELETE", "/admin/calls")
    return shared


async def error_of(call: Awaitable[object]) -> openai.APIStatusError:
    """The status error that a call ends in."""
    with pytest.raises(openai.APIStatusError) as caught:
        await call
    return caught.value


async def test_an_answer_is_a_real_completion(server: Server) -> None:
    """Content fits the schema; usage, finish reason and headers are what the service sends."""
    raw = await server.client.chat.completions.with_raw_response.create(
        model="gpt-4.1",
        messages=[{"role": "user", "content": document_part(ROWS)}],
        response_format={"type": "json_schema", "json_schema": {"name": "x", "strict": True, "schema": SCHEMA}},
    )
    answer = raw.parse()
    content = json.loads(answer.choices[0].message.content or "")
    assert content == {
        "invoice_no": {"value": "KX-77", "lines": ["p1.l1"]},
        "total": {"value": 119.0, "lines": ["p1.l2", "p1.l3"]},
    }
    assert (answer.choices[0].finish_reason, answer.model) == ("stop", "offline-reader-1")
    assert answer.usage is not None
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens
    assert raw.headers["x-ms-deployment-name"] == "gpt-4.1"
    assert {"x-request-id", "x-ratelimit-remaining-tokens", "x-ratelimit-remaining-requests"} <= set(raw.headers)


async def test_parse_fills_a_pydantic_model(server: Server) -> None:
    """The client's own structured output helper works against the server."""

    class Bill(BaseModel):
        invoice_number: str
        total: float | None

    answer = await server.client.chat.completions.parse(
        model="gpt-4.1",
        messages=[{"role": "user", "content": document_part([[(40, "Invoice number: 9-9")], [(40, "Total: 3.50")]])}],
        response_format=Bill,
    )
    assert answer.choices[0].message.parsed == Bill(invoice_number="9-9", total=3.5)


async def test_the_deployments_are_listed(server: Server) -> None:
    """`/v1/models` names every deployment, under both bases."""
    names = [model.id async for model in server.client.models.list()]
    plain = AsyncOpenAI(base_url=f"{server.url}/v1", api_key=KEY, max_retries=0)
    assert names == [model.id async for model in plain.models.list()]
    assert {"offline-reader", "offline-reasoner", "gpt-5.4"} <= set(names)
    await plain.close()


async def test_wrong_requests_get_the_errors_that_the_client_knows(server: Server) -> None:
    """A wrong key is 401, an unknown deployment 404, what a model refuses 400."""
    stranger = server.client.with_options(api_key="wrong")
    assert (await error_of(stranger.chat.completions.create(model="gpt-4.1", messages=[]))).status_code == 401
    missing = await error_of(server.read(model="nobody"))
    assert (missing.status_code, missing.code) == (404, "DeploymentNotFound")
    refused = await error_of(server.read(model="gpt-5.4", temperature=0.5))
    assert (refused.status_code, refused.code, refused.param) == (400, "unsupported_parameter", "temperature")


async def test_too_few_tokens_cut_the_answer(server: Server) -> None:
    """`max_completion_tokens`, and the model's own limit, end the text in the middle with finish reason length."""
    async with running("--output-tokens", "10") as limited:
        assert (await limited.read(max_completion_tokens=500)).choices[0].finish_reason == "length"
    answer = await server.read(max_completion_tokens=10)
    assert (answer.choices[0].finish_reason, answer.usage and answer.usage.completion_tokens <= 10) == ("length", True)
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.choices[0].message.content or "")


async def test_a_repeated_prompt_is_cached(server: Server) -> None:
    """The second call with the same long start says how much of it was cached."""
    prose = [[(40.0, "word " * 400)] for _ in range(5)]
    for expected in (False, True):
        answer = await server.client.chat.completions.create(
            model="gpt-4.1", messages=[{"role": "user", "content": document_part(prose)}]
        )
        assert answer.usage is not None
        assert answer.usage.prompt_tokens_details is not None
        assert bool(answer.usage.prompt_tokens_details.cached_tokens) is expected


async def test_the_ledger_counts_what_was_asked_and_answered(server: Server) -> None:
    """Equal requests are one entry with their count; it can be wiped."""
    await asyncio.gather(server.read(), server.read())
    await server.read(name="extract_other")
    told = await server.admin("GET", "/admin/calls")
    assert (told["calls"], told["answered"], told["distinct"]) == (3, 3, 2)
    assert [(one["schema"], one["count"]) for one in told["requests"]] == [("extract_thing", 2), ("extract_other", 1)]
    assert await server.admin("DELETE", "/admin/calls") == 204
    assert (await server.admin("GET", "/admin/calls"))["calls"] == 0


async def test_scripted_statuses_reach_the_client(server: Server) -> None:
    """A 429 tells when to come back, any status can be asked for, and the next call is well again."""
    await server.fail_next("status", status=429, headers={"retry-after": "7", "retry-after-ms": "7000"})
    throttled = await error_of(server.read())
    assert (throttled.status_code, throttled.response.headers["retry-after-ms"]) == (429, "7000")
    await server.fail_next("status", status=503)
    assert (await error_of(server.read())).status_code == 503
    assert (await server.read()).choices[0].finish_reason == "stop"


async def test_scripted_filters_and_refusals(server: Server) -> None:
    """The prompt's filter is a 400 with its inner error, the answer's a finish reason, a refusal its own field."""
    await server.fail_next("content_filter")
    filtered = await error_of(server.read())
    assert (filtered.status_code, filtered.code) == (400, "content_filter")
    await server.fail_next("content_filter_output")
    assert (await server.read()).choices[0].finish_reason == "content_filter"
    await server.fail_next("refusal")
    message = (await server.read()).choices[0].message
    assert (message.content, bool(message.refusal)) == (None, True)


async def test_scripted_bad_answers(server: Server) -> None:
    """Invalid JSON, cut text and evidence that no page has."""
    await server.fail_next("invalid_json")
    with pytest.raises(json.JSONDecodeError):
        json.loads((await server.read()).choices[0].message.content or "")
    await server.fail_next("truncate")
    assert (await server.read()).choices[0].finish_reason == "length"
    await server.fail_next("wrong_evidence")
    spoiled = json.loads((await server.read()).choices[0].message.content or "")
    assert spoiled["invoice_no"] == {"value": "KX-77", "lines": ["p999.l1"]}


@pytest.mark.parametrize("kind", ["drop", "cut"])
async def test_scripted_lost_connections(server: Server, kind: str) -> None:
    """The client sees a connection error, and the ledger that the answer was made (and would be billed)."""
    await server.fail_next(kind)
    with pytest.raises(openai.APIConnectionError):
        await server.read()
    told = await server.admin("GET", "/admin/calls")
    assert (told["answered"], [call["heard"] for call in told["requests"][0]["calls"]]) == (1, [False])


async def test_a_caller_that_goes_is_billed_and_did_not_hear(server: Server) -> None:
    """Each call is told with its caller's name for it, and an answer that nobody waits for is no answer."""
    await server.fail_next("delay", seconds=1.0)
    with pytest.raises(openai.APITimeoutError):
        await server.read(timeout=0.3, extra_headers={"x-ms-client-request-id": "r1.7-a"})
    await server.read(extra_headers={"x-ms-client-request-id": "r1.7-b"})
    await asyncio.sleep(1.0)
    calls = (await server.admin("GET", "/admin/calls"))["requests"][0]["calls"]
    assert [("r1.7-a", 200, False), ("r1.7-b", 200, True)] == sorted(
        (call["client"], call["status"], call["heard"]) for call in calls
    )


async def test_a_misspelt_fault_is_refused(server: Server) -> None:
    """A script that cannot be understood is told at once."""
    answer = await server.admin("POST", "/admin/faults", [{"fault": {"kind": "explode"}}])
    assert answer["error"]["type"] == "invalid_request_error"


async def test_a_quota_throttles() -> None:
    """With a limit of requests a minute the second call is told to wait."""
    async with running("--requests-per-minute", "1") as server:
        await server.read()
        throttled = await error_of(server.read())
        assert throttled.status_code == 429
        assert 0 < int(throttled.response.headers["retry-after"]) <= 60


async def test_a_page_without_lines_is_read_from_its_image(server: Server) -> None:
    """The reader's own OCR finds the values; there are no lines to cite."""
    image = Image.new("RGB", (900, 300), "white")
    pen = ImageDraw.Draw(image)
    pen.text((40, 40), "Invoice no.: KX-7731", fill="black", font=ImageFont.load_default(36))
    pen.text((40, 140), "Total: 119.00", fill="black", font=ImageFont.load_default(36))
    data = io.BytesIO()
    image.save(data, "PNG")
    url = "data:image/png;base64," + base64.b64encode(data.getvalue()).decode()
    page = '""" <documents>\n{"page": 1, "size": [900, 300], "rows": []}\n</documents> """'
    answer = await server.client.chat.completions.create(
        model="gpt-4.1",
        messages=[
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": page},
                    {"type": "text", "text": "Image of page 1"},
                    {"type": "image_url", "image_url": {"url": url}},
                ],
            }
        ],
        response_format={"type": "json_schema", "json_schema": {"name": "extract_x", "strict": True, "schema": SCHEMA}},
    )
    content = json.loads(answer.choices[0].message.content or "")
    assert content == {"invoice_no": {"value": "KX-7731", "lines": []}, "total": {"value": 119.0, "lines": []}}


async def test_it_ends_with_its_stdin_and_leaves_no_process() -> None:
    """When the parent's pipe closes, the server and its readers are gone."""
    async with running() as server:
        await server.read()
        family = [psutil.Process(server.process.pid), *psutil.Process(server.process.pid).children(recursive=True)]
        assert server.process.stdin is not None
        server.process.stdin.close()
        _, alive = await asyncio.to_thread(psutil.wait_procs, family, 10)
        assert alive == []


async def test_its_readers_die_with_it() -> None:
    """A server that is killed outright leaves no reader behind."""
    async with running() as server:
        await server.read()
        family = psutil.Process(server.process.pid).children(recursive=True)
        os.kill(server.process.pid, signal.SIGKILL)
        _, alive = await asyncio.to_thread(psutil.wait_procs, family, 10)
        assert alive == []
