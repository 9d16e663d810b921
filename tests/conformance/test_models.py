"""The Models port: the openai SDK against a recorded server, and the scripted twin. Errors: test_model_errors.py."""

import json
from datetime import timedelta

import pytest

from shared.adapters.models.openai import OpenAIModels
from shared.domain.base.errors import Throttled, Unavailable
from shared.domain.models.model_call import ModelAnswer, ModelCall, Usage
from shared.ports.models import Models
from shared.testing.models import ScriptedModels
from tests.conformance.loopback import Loopback
from tests.conformance.model_server import CALL, KEY, completion

FILTERED = {
    "error": {
        "message": "The response was filtered due to the prompt triggering the content management policy.",
        "type": None,
        "param": "prompt",
        "code": "content_filter",
        "status": 400,
        "innererror": {
            "code": "ResponsibleAIPolicyViolation",
            "content_filter_result": {"jailbreak": {"filtered": True, "detected": True}},
        },
    }
}


async def test_the_request_is_strict_structured_output(models: OpenAIModels, loopback: Loopback) -> None:
    """System text, parts in order, pictures as data URLs, a strict schema; nothing that reasoning models refuse."""
    loopback.say(200, completion())
    await models.answer(CALL)
    asked = loopback.asked[0]
    assert "/openai/v1/chat/completions" == asked.path
    assert f"Bearer {KEY}" == asked.headers["Authorization"]
    assert {
        "model": "reader",
        "messages": [
            {"role": "system", "content": "You read invoices."},
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "The secret of page 1"},
                    {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw==", "detail": "high"}},
                ],
            },
        ],
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "extract_invoice", "strict": True, "schema": CALL.json_schema},
        },
        "max_completion_tokens": 500,
    } == json.loads(asked.body)


async def test_reasoning_effort_is_sent_when_asked_for(models: OpenAIModels, loopback: Loopback) -> None:
    """Only reasoning deployments take it, so its absence means that it is not sent at all."""
    loopback.say(200, completion())
    await models.answer(CALL.model_copy(update={"reasoning_effort": "medium"}))
    assert "medium" == json.loads(loopback.asked[0].body)["reasoning_effort"]


async def test_the_server_is_told_our_name_of_the_call(models: OpenAIModels, loopback: Loopback) -> None:
    """Azure logs it, so that a bill can be traced to a line of the ledger; without a name nothing is sent."""
    loopback.say(200, completion())
    await models.answer(CALL, "abc.7-d")
    await models.answer(CALL)
    assert ["abc.7-d", None] == [asked.headers.get("x-ms-client-request-id") for asked in loopback.asked]


async def test_an_answer_comes_with_its_cost(models: OpenAIModels, loopback: Loopback) -> None:
    """Text, the model that really answered, and the tokens to pay for, cached ones apart."""
    loopback.say(200, completion(content='{"a": 1}'))
    assert ModelAnswer(
        text='{"a": 1}',
        finish="stop",
        model="gpt-5.4-2026-03-05",
        usage=Usage(prompt=1200, cached=1024, completion=34),
    ) == await models.answer(CALL)


@pytest.mark.parametrize(
    ("body", "finish", "text"),
    [
        (completion("length", '{"a": '), "length", '{"a": '),
        (completion("content_filter", None), "content_filter", ""),
        (completion("stop", None, refusal="I cannot help with that."), "refusal", "I cannot help with that."),
    ],
)
async def test_how_an_answer_ended_is_told(
    models: OpenAIModels, loopback: Loopback, body: object, finish: str, text: str
) -> None:
    """Cut off, filtered or refused: an answer that was paid for, but whose text is no JSON."""
    loopback.say(200, body)
    answer = await models.answer(CALL)
    assert (finish, text, 34) == (answer.finish, answer.text, answer.usage.completion)


async def test_a_filtered_prompt_is_an_answer(models: OpenAIModels, loopback: Loopback) -> None:
    """Azure answers it with 400; it is never asked again, and costs nothing."""
    loopback.say(400, FILTERED)
    answer = await models.answer(CALL)
    assert ("content_filter", "", Usage()) == (answer.finish, answer.text, answer.usage)


async def test_servers_that_count_no_tokens_are_usable(models: OpenAIModels, loopback: Loopback) -> None:
    """Usage is optional in the protocol, and so are its details."""
    body = completion()
    del body["usage"]
    loopback.say(200, body)
    loopback.say(200, completion() | {"usage": {"prompt_tokens": 7, "completion_tokens": 1, "total_tokens": 8}})
    assert Usage() == (await models.answer(CALL)).usage
    assert Usage(prompt=7, completion=1) == (await models.answer(CALL)).usage


async def test_a_token_is_asked_for_each_time(loopback: Loopback) -> None:
    """Tokens of an identity end; the provider knows when."""
    tokens = iter(["one", "two"])

    async def provider() -> str:
        return next(tokens)

    models = OpenAIModels(f"{loopback.url}/openai/v1/", provider)
    loopback.say(200, completion())
    await models.answer(CALL)
    await models.answer(CALL)
    assert ["Bearer one", "Bearer two"] == [asked.headers["Authorization"] for asked in loopback.asked]
    await models.close()


async def test_the_twin_answers_by_its_script() -> None:
    """Text alone is an answer that ended well; a script may also give a whole answer, or raise."""
    cut = ModelAnswer(text="{", finish="length", model="m", usage=Usage(prompt=1, completion=1))

    def script(call: ModelCall) -> ModelAnswer | str:
        if call.deployment == "broken":
            raise Unavailable("away")
        return cut if call.deployment == "short" else json.dumps({"name": call.schema_name})

    twin = ScriptedModels(script)
    models: Models = twin
    answer = await models.answer(CALL)
    assert ('{"name": "extract_invoice"}', "stop", "reader") == (answer.text, answer.finish, answer.model)
    assert answer.usage.prompt > 1000
    assert cut == await models.answer(CALL.model_copy(update={"deployment": "short"}))
    with pytest.raises(Unavailable):
        await models.answer(CALL.model_copy(update={"deployment": "broken"}))
    assert 3 == len(twin.calls)


async def test_the_twin_bills_answers_only() -> None:
    """A throttled call costs nothing; a repeated request is seen as such."""
    models = ScriptedModels(lambda _: "{}")
    models.throttle(2, timedelta(seconds=30))
    for _ in range(2):
        with pytest.raises(Throttled) as caught:
            await models.answer(CALL)
        assert timedelta(seconds=30) == caught.value.delay
    await models.answer(CALL)
    await models.answer(CALL)
    assert {CALL.hash(): 2} == models.billed
