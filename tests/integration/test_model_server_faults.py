"""The model server's scripted faults, as the pipeline's own adapter understands them."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio

from shared.adapters.models.openai import OpenAIModels
from shared.domain.base.errors import Retryable
from shared.domain.models.model_call import ModelCall, TextPart
from tests.integration.test_model_server_http import KEY, ROWS, SCHEMA, Server, running
from tests.support.paper import document_part

pytestmark = pytest.mark.asyncio(loop_scope="module")

CALL = ModelCall(
    deployment="offline-reader",
    system="Read.",
    parts=(TextPart(text=document_part(ROWS)),),
    schema_name="extract_thing",
    json_schema=SCHEMA,
    max_output_tokens=300,
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server() -> AsyncIterator[Server]:
    """A server for all tests of this file; each uses up the one fault that it scripts."""
    async with running() as started:
        yield started


@pytest_asyncio.fixture(loop_scope="module")
async def models(server: Server) -> AsyncIterator[OpenAIModels]:
    """The adapter, with little patience."""
    adapter = OpenAIModels(f"{server.url}/v1", KEY, timedelta(seconds=2))
    yield adapter
    await adapter.close()


@pytest.mark.parametrize(
    ("kind", "details", "finish", "tokens"),
    [
        ("exhausted", {}, "length", 300),
        ("status", {"status": 400, "code": "invalid_prompt"}, "content_filter", 0),
        ("status", {"status": 400, "code": "context_length_exceeded"}, "length", 0),
        ("body", {"body": '{"choices": null}'}, "stop", 0),
        ("body", {"body": "[" * 50_000}, "stop", 0),
    ],
)
async def test_a_fault_is_an_answer_that_cannot_be_used(
    server: Server, models: OpenAIModels, kind: str, details: dict[str, object], finish: str, tokens: int
) -> None:
    """Whatever was paid for, and what is refused for its content or size."""
    await server.fail_next(kind, **details)
    answer = await models.answer(CALL)
    assert (finish, tokens) == (answer.finish, answer.usage.completion)


@pytest.mark.parametrize(
    ("kind", "details", "code"),
    [
        ("status", {"status": 429, "code": "insufficient_quota"}, "model_quota"),
        ("status", {"status": 410, "code": "ModelDeprecated"}, "model_retired"),
        ("drip", {"seconds": 5}, "model_timeout"),
    ],
)
async def test_a_fault_defers_the_step(
    server: Server, models: OpenAIModels, kind: str, details: dict[str, object], code: str
) -> None:
    """What an operator must change, and a server that never finishes."""
    await server.fail_next(kind, **details)
    with pytest.raises(Retryable) as caught:
        await models.answer(CALL)
    assert code == caught.value.code
