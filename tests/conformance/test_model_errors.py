"""The Models port when something goes wrong: the openai SDK against errors as OpenAI and Azure OpenAI send them."""

import traceback
from datetime import timedelta

import pytest

from shared.adapters.openai_models import OpenAIModels
from shared.domain.errors import IntrayError, Permanent, Throttled, Unavailable
from shared.ports.models import Models
from tests.conformance.loopback import Loopback
from tests.conformance.model_server import CALL, KEY, completion, error


async def failure(models: Models) -> IntrayError:
    """The error that asking raises; neither it nor its causes may show the request or the key."""
    with pytest.raises(IntrayError) as caught:
        await models.answer(CALL)
    shown = "".join(traceback.format_exception(caught.value)).replace(__file__, "")
    assert "secret" not in shown
    assert KEY not in shown
    return caught.value


@pytest.mark.parametrize(
    ("headers", "delay"),
    [
        ({"retry-after-ms": "1500", "retry-after": "2"}, timedelta(milliseconds=1500)),
        ({"retry-after": "300"}, timedelta(seconds=300)),
        ({"retry-after": "86400"}, timedelta(days=1)),
        ({"retry-after-ms": "soon", "retry-after": "7"}, timedelta(seconds=7)),
        ({"retry-after": "inf"}, timedelta(seconds=10)),
        ({}, timedelta(seconds=10)),
    ],
)
async def test_throttling_keeps_the_servers_delay(
    models: OpenAIModels, loopback: Loopback, headers: dict[str, str], delay: timedelta
) -> None:
    """However long it is: waiting is the queue's work, and nothing is asked again meanwhile."""
    loopback.say(429, error("RateLimitReached"), headers)
    caught = await failure(models)
    assert isinstance(caught, Throttled)
    assert delay == caught.delay
    assert 1 == len(loopback.asked)


@pytest.mark.parametrize("status", [408, 409, 424, 500, 502, 503, 504, 529])
async def test_a_server_in_trouble_is_unavailable(models: OpenAIModels, loopback: Loopback, status: int) -> None:
    """Its trouble is not the document's; it was asked once."""
    loopback.say(status, error(None), {"retry-after": "9"})
    caught = await failure(models)
    assert isinstance(caught, Unavailable)
    assert timedelta(seconds=9) == caught.delay
    assert 1 == len(loopback.asked)


async def test_a_dropped_connection_is_unavailable(models: OpenAIModels, loopback: Loopback) -> None:
    """It may or may not have been billed; it is not asked again behind our back."""
    loopback.fault = "drop"
    assert isinstance(await failure(models), Unavailable)
    assert 1 == len(loopback.asked)


async def test_silence_is_unavailable(loopback: Loopback) -> None:
    """The caller's time-out holds."""
    loopback.fault = "silence"
    models = OpenAIModels(f"{loopback.url}/v1", KEY, timeout=timedelta(milliseconds=100))
    assert isinstance(await failure(models), Unavailable)
    assert 1 == len(loopback.asked)
    await models.close()


async def test_nobody_there_is_unavailable() -> None:
    """A refused connection, as while a local server starts."""
    models = OpenAIModels("http://127.0.0.1:9/v1", KEY)
    assert isinstance(await failure(models), Unavailable)
    await models.close()


@pytest.mark.parametrize("body", ["<html>a proxy's page</html>", [], {}, {"choices": []}, {"choices": None}])
async def test_an_answer_that_is_none_is_unavailable(models: OpenAIModels, loopback: Loopback, body: object) -> None:
    """Whatever stands between us and the model answered instead of it."""
    loopback.say(200, body)
    assert isinstance(await failure(models), Unavailable)


async def test_broken_json_is_unavailable(models: OpenAIModels, loopback: Loopback) -> None:
    """The connection was cut in a way that HTTP did not notice."""
    loopback.say(200, completion())
    loopback.answers[0].body = b'{"choices": [{"mess'
    assert isinstance(await failure(models), Unavailable)


@pytest.mark.parametrize(
    ("status", "code", "advice"),
    [
        (400, "invalid_json_schema", "schema"),
        (401, "invalid_api_key", "key"),
        (403, "PermissionDenied", "role"),
        (404, "DeploymentNotFound", "deployment's name"),
        (410, "ModelDeprecated", "successor"),
        (413, None, "fewer"),
        (422, None, "settings"),
    ],
)
async def test_a_wrong_request_is_permanent(
    models: OpenAIModels, loopback: Loopback, status: int, code: str | None, advice: str
) -> None:
    """The message says what somebody has to do, with the service's code but without its words."""
    loopback.say(status, error(code))
    caught = await failure(models)
    assert isinstance(caught, Permanent)
    assert "model_rejected" == caught.code
    assert f"HTTP {status}" in str(caught)
    assert advice in str(caught)
    assert (code or "") in str(caught)


async def test_a_code_that_is_no_code_is_not_repeated(models: OpenAIModels, loopback: Loopback) -> None:
    """A server may put anything there, also the prompt."""
    loopback.say(400, error("The secret of page 1"))
    assert isinstance(await failure(models), Permanent)


async def test_an_identity_service_in_trouble_is_unavailable(loopback: Loopback) -> None:
    """No token now does not mean that the document is at fault; the model was not asked."""
    from azure.core.exceptions import ClientAuthenticationError

    async def provider() -> str:
        raise ClientAuthenticationError("no managed identity endpoint")

    models = OpenAIModels(f"{loopback.url}/openai/v1/", provider)
    with pytest.raises(Unavailable):
        await models.answer(CALL)
    assert [] == loopback.asked
    await models.close()
