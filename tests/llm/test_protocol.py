"""The openai adapter and a server that nobody wrote for it: what it answers means what the port says."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from shared.adapters.models.openai import OpenAIModels
from shared.document_types.loader import BUILT_IN, load_types
from shared.domain.base.errors import Permanent, Unavailable
from shared.domain.models.model_call import ImagePart, ModelCall, TextPart
from shared.pipeline.models.answers import parse_answer
from shared.pipeline.models.prompting.schema import extraction_schema, group_fields
from tests.llm.conftest import LanguageModel

pytestmark = pytest.mark.timeout(300)
TYPES = ["invoice", "receipt", "unknown"]
CALL = ModelCall(
    deployment="smollm2",
    system="You tell what kind of business document a file is.",
    parts=(TextPart(text="Receipt. Coffee 2.00. Total 2.00"),),
    schema_name="classify_document",
    json_schema={
        "type": "object",
        "properties": {"document_type": {"type": "string", "enum": TYPES}, "sure": {"type": ["boolean", "null"]}},
        "required": ["document_type", "sure"],
        "additionalProperties": False,
    },
    max_output_tokens=60,
    reasoning_effort="low",
    cache_key="classify",
)
CUT_OFF = CALL.model_copy(
    update={
        "max_output_tokens": 8,
        "json_schema": {
            "type": "object",
            "properties": {"lines": {"type": "array", "items": {"type": "string"}}},
            "required": ["lines"],
            "additionalProperties": False,
        },
    }
)
SCHEMAS = [
    pytest.param(extraction_schema(specs), id=f"{name}-{number}")
    for name, kind in sorted(load_types(BUILT_IN).items())
    for number, specs in enumerate(group_fields(kind))
]


def _saying(text: str) -> ModelCall:
    return CALL.model_copy(update={"parts": (TextPart(text=text),)})


async def test_an_answer_fits_its_strict_schema_and_states_its_tokens(models: OpenAIModels) -> None:
    """Whatever the model makes of the question, the schema holds it; our own extras of a request are let pass."""
    answer = await models.answer(CALL, "a-name.of-ours")
    assert ("stop", "smollm2") == (answer.finish, answer.model)
    body = json.loads(answer.text)
    assert Draft202012Validator(CALL.json_schema).is_valid(body)
    assert body == parse_answer(CALL, answer)
    assert answer.usage.prompt > 20
    assert 0 < answer.usage.completion <= CALL.max_output_tokens


async def test_the_beginning_that_requests_share_is_told_as_cached(models: OpenAIModels) -> None:
    """Which is what its lower price is reckoned by."""
    await models.answer(CALL)
    again = await models.answer(_saying("Receipt. Coffee 2.00. Total 3.00"))
    assert 0 < again.usage.cached < again.usage.prompt


async def test_an_answer_that_is_cut_off_says_so(models: OpenAIModels) -> None:
    """It is no JSON any more, and is never taken for a short answer."""
    answer = await models.answer(CUT_OFF)
    assert ("length", CUT_OFF.max_output_tokens) == (answer.finish, answer.usage.completion)
    assert "length" == getattr(parse_answer(CUT_OFF, answer), "rule", None)


async def test_a_request_that_is_too_long_is_refused_for_good(models: OpenAIModels) -> None:
    """Asking again would change nothing; the message names the status and none of the request's words."""
    with pytest.raises(Permanent) as caught:
        await models.answer(_saying("confidential " * 8000))
    assert "model_rejected" == caught.value.code
    assert "HTTP 400" in str(caught.value)
    assert "confidential" not in str(caught.value)


async def test_a_wrong_key_is_refused_for_good(language_model: LanguageModel) -> None:
    """And the advice is to look at the key, which is not repeated."""
    adapter = OpenAIModels(language_model.url, "not-the-key")
    with pytest.raises(Permanent) as caught:
        await adapter.answer(CALL)
    await adapter.close()
    assert "HTTP 401" in str(caught.value)
    assert "not-the-key" not in str(caught.value)


async def test_a_server_that_sees_no_pictures_says_so_as_its_own_failure(models: OpenAIModels) -> None:
    """llama.cpp answers 500, so that asking again seems worth it: a catalogue says `images: 0` for such a model."""
    picture = ImagePart(media_type="image/jpeg", data=b"\xff\xd8\xff")
    with pytest.raises(Unavailable):
        await models.answer(CALL.model_copy(update={"parts": (*CALL.parts, picture)}))


@pytest.mark.parametrize("schema", SCHEMAS)
async def test_the_schema_of_every_built_in_type_is_taken(models: OpenAIModels, schema: dict[str, Any]) -> None:
    """A server that compiles schemas to grammars takes ours, and begins its answer as they demand."""
    answer = await models.answer(CALL.model_copy(update={"json_schema": schema, "max_output_tokens": 24}))
    first = next(iter(schema["properties"]))
    assert f'"{first}"' in answer.text
