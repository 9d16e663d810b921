"""Answers of a model server that are malformed or speak of the content: paid once, and never a defect of ours."""

import json
from datetime import timedelta
from typing import Any

import pytest

from shared.adapters.models.openai import OpenAIModels
from shared.domain.base.errors import Unavailable
from shared.domain.models.model_call import Usage
from tests.conformance.loopback import Loopback
from tests.conformance.model_server import CALL, KEY, completion, error

PAID = Usage(prompt=1200, cached=1024, completion=34)


def _with(**message: Any) -> dict[str, Any]:
    """Return a completion whose message has these entries."""
    body = completion()
    body["choices"][0]["message"] |= message
    return body


def _without(*names: str, finish: str | None = "stop") -> dict[str, Any]:
    """Return a completion whose choice lacks these entries."""
    body = completion()
    choice = {name: value for name, value in body["choices"][0].items() if name not in names}
    return {**body, "choices": [{**choice, "finish_reason": finish}]}


FILTERED: dict[str, Any] = _without("message", "finish_reason")
FILTERED["choices"][0]["content_filter_results"] = {"hate": {"filtered": True, "severity": "high"}}


@pytest.mark.parametrize(
    ("body", "finish", "text"),
    [
        (_without("message", finish="content_filter"), "content_filter", ""),
        ({**completion(), "choices": [{"finish_reason": "content_filter", "message": None}]}, "content_filter", ""),
        (FILTERED, "content_filter", ""),
        ({**completion(), "choices": [], "prompt_filter_results": [{"x": {"filtered": True}}]}, "content_filter", ""),
        (_without("message"), "stop", ""),
        ({**completion(), "choices": None}, "stop", ""),
        ({**completion(), "choices": []}, "stop", ""),
        ({**completion(), "choices": [None]}, "stop", ""),
        ({**completion(), "choices": {"0": {}}}, "stop", ""),
        (_with(content=None, tool_calls=[{"id": "1"}]), "stop", ""),
        (_with(content=[{"type": "text", "text": '{"a"'}, {"type": "text", "text": ": 1}"}]), "stop", '{"a": 1}'),
        (_with(content=[{"type": "refusal", "refusal": "No."}]), "refusal", "No."),
        (_with(content=None, refusal="No."), "refusal", "No."),
        (_with(content=7), "stop", ""),
        (_with(content="x\ud800y"), "stop", "x\\ud800y"),
        (_without("x", finish=None), "stop", "{}"),
        (_without("x", finish="tool_calls"), "stop", "{}"),
        ({**completion(), "model": None}, "stop", "{}"),
        ({**completion(), "error": None}, "stop", "{}"),
    ],
)
async def test_whatever_was_paid_for_is_an_answer(
    models: OpenAIModels, loopback: Loopback, body: object, finish: str, text: str
) -> None:
    """Its cost is kept, and its text as far as there is one, so that it can be stored."""
    loopback.say(200, body)
    loopback.answers[0].body = json.dumps(body).encode()
    answer = await models.answer(CALL)
    assert (finish, text, PAID) == (answer.finish, answer.text, answer.usage)
    assert answer.model
    assert answer.model_dump_json()


@pytest.mark.parametrize(
    ("usage", "counted"),
    [
        (None, Usage()),
        ({}, Usage()),
        ([], Usage()),
        ({"prompt_tokens": None, "completion_tokens": None, "prompt_tokens_details": None}, Usage()),
        ({"prompt_tokens": "many", "completion_tokens": -3}, Usage()),
        ({"prompt_tokens": True, "completion_tokens": 1e300}, Usage()),
        ({"prompt_tokens": float("nan"), "completion_tokens": float("inf")}, Usage()),
        ({"prompt_tokens": 10**400, "completion_tokens": 5}, Usage(completion=5)),
        ({"prompt_tokens": 7.0, "completion_tokens": 2}, Usage(prompt=7, completion=2)),
        (
            {"prompt_tokens": 7, "completion_tokens": 2, "prompt_tokens_details": {"cached_tokens": 99}},
            Usage(prompt=7, cached=7, completion=2),
        ),
    ],
)
async def test_usage_that_is_no_number_counts_nothing(
    models: OpenAIModels, loopback: Loopback, usage: object, counted: Usage
) -> None:
    """A server that counts wrongly still answers."""
    loopback.say(200, completion())
    loopback.answers[0].body = json.dumps({**completion(), "usage": usage}).encode()
    assert counted == (await models.answer(CALL)).usage


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"sorry",
        b'{"choices": [{"mess',
        b"[" * 200_000,
        b'{"choices": ' + b"[" * 200_000,
        b'{"usage": 1' + b"0" * 5000 + b"}",
        b"\xff\xfe\x00\xd8",
    ],
)
async def test_a_body_that_is_no_completion_is_an_answer_without_cost(
    models: OpenAIModels, loopback: Loopback, body: bytes
) -> None:
    """It may have been billed: it is stored like any other, and not asked for without end."""
    loopback.say(200, {})
    loopback.answers[0].body = body
    answer = await models.answer(CALL)
    assert ("stop", Usage()) == (answer.finish, answer.usage)
    assert answer.model_dump_json()


def _inner(code: str | None, inner: object, message: str = "m") -> dict[str, Any]:
    return {"error": {"message": message, "type": None, "param": "prompt", "code": code, "innererror": inner}}


@pytest.mark.parametrize(
    ("status", "body", "finish"),
    [
        (400, error("invalid_prompt"), "content_filter"),
        (400, error("content_policy_violation"), "content_filter"),
        (400, error("image_content_policy_violation"), "content_filter"),
        (400, error("moderation_blocked"), "content_filter"),
        (400, _inner(None, {"code": "ResponsibleAIPolicyViolation"}), "content_filter"),
        (400, _inner("BadRequest", {"details": [{"inner": {"code": "content_filter"}}]}), "content_filter"),
        (400, _inner(None, {"content_filter_result": {"hate": {"filtered": True}}}), "content_filter"),
        (403, error(None, "Your prompt was flagged as potentially violating our usage policy."), "content_filter"),
        (422, error(None, "rejected by our safety system"), "content_filter"),
        (200, error("content_filter"), "content_filter"),
        (400, error("invalid_image_format", "Invalid image data."), "refusal"),
        (400, error("image_too_large"), "refusal"),
        (400, error("image_parse_error"), "refusal"),
        (400, error(None, "Invalid image data."), "refusal"),
        (400, error(None, "The image is too large."), "refusal"),
        (400, error("context_length_exceeded"), "length"),
        (400, error("string_above_max_length"), "length"),
        (400, error(None, "This model's maximum context length is 128000 tokens."), "length"),
        (400, error(None, "Too many images in request."), "length"),
        (413, error(None), "length"),
        (413, "<html>413</html>", "length"),
        (429, error("rate_limit_exceeded", "Request too large for gpt on tokens per min (TPM)."), "length"),
    ],
)
async def test_what_is_refused_for_its_content_or_size_is_an_answer(
    models: OpenAIModels, loopback: Loopback, status: int, body: object, finish: str
) -> None:
    """A person looks at it, or it is asked in parts; it costs nothing."""
    loopback.say(status, body)
    answer = await models.answer(CALL)
    assert (finish, "", Usage()) == (answer.finish, answer.text, answer.usage)


async def test_a_call_has_one_time_limit(loopback: Loopback) -> None:
    """A server that sends a blank now and then keeps the connection alive, and never the step."""
    loopback.fault = "drip"
    models = OpenAIModels(f"{loopback.url}/v1", KEY, timeout=timedelta(milliseconds=300))
    with pytest.raises(Unavailable) as caught:
        await models.answer(CALL)
    assert "model_timeout" == caught.value.code
    await models.close()
