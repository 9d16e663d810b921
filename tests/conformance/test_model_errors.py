"""The Models port when something goes wrong: the openai SDK against errors as OpenAI and Azure OpenAI send them."""

import traceback
from datetime import timedelta

import pytest

from shared.adapters.models.openai import OpenAIModels
from shared.domain.base.errors import Blocked, IntrayError, Permanent, Refused, Throttled, Unavailable
from shared.ports.models import Models
from tests.conformance.loopback import Loopback
from tests.conformance.model_server import CALL, KEY, error

TOO_MANY_TOKENS = "max_tokens is too large: 16000. This model supports at most 4096 completion tokens"


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
        ({"retry-after": "86400"}, timedelta(hours=1)),
        ({"retry-after": "1e300"}, timedelta(hours=1)),
        ({"retry-after-ms": "1e300"}, timedelta(hours=1)),
        ({"retry-after": "-5"}, timedelta(seconds=10)),
        ({"retry-after": "nan"}, timedelta(seconds=10)),
        ({"retry-after": "Sat, 28 Nov 2026 22:00:00 GMT"}, timedelta(seconds=10)),
        ({"retry-after-ms": "soon", "retry-after": "7"}, timedelta(seconds=7)),
        ({"retry-after": "inf"}, timedelta(seconds=10)),
        ({}, timedelta(seconds=10)),
    ],
)
async def test_throttling_keeps_the_servers_delay(
    models: OpenAIModels, loopback: Loopback, headers: dict[str, str], delay: timedelta
) -> None:
    """Up to an hour, whatever it says: waiting is the queue's work, and nothing is asked again meanwhile."""
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


@pytest.mark.parametrize("body", ["<html>a proxy's page</html>", "\n<!DOCTYPE html>"])
async def test_a_web_page_is_for_an_operator(models: OpenAIModels, loopback: Loopback, body: str) -> None:
    """Whatever stands between us and the model answered instead of it: nothing was billed."""
    loopback.say(200, body)
    loopback.answers[0].body = body.encode()
    caught = await failure(models)
    assert isinstance(caught, Blocked)
    assert "model_endpoint_wrong" == caught.code


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"error": {"message": "Rate limit", "code": 429}}, Throttled),
        ({"error": {"message": "Rate limit", "code": "429"}}, Throttled),
        ({"error": {"message": "overloaded", "code": 502}}, Unavailable),
        ({"error": "overloaded"}, Unavailable),
        ({"error": {"message": "No auth credentials found", "code": 401}}, Blocked),
        ({"error": {"message": "no credits", "code": 402}}, Blocked),
    ],
)
async def test_an_error_with_status_200_is_that_error(
    models: OpenAIModels, loopback: Loopback, body: object, kind: type[IntrayError]
) -> None:
    """Gateways send the status of the service behind them in the body."""
    loopback.say(200, body)
    assert isinstance(await failure(models), kind)


@pytest.mark.parametrize(
    ("status", "body", "code", "advice"),
    [
        (400, error("invalid_json_schema"), "model_settings", "schema"),
        (400, error("unsupported_value"), "model_settings", "deployment"),
        (400, error(None, "Unrecognized request argument supplied: prompt_cache_key"), "model_settings", "deployment"),
        (400, error("invalid_value", TOO_MANY_TOKENS), "model_settings", "INTRAY_MAX_OUTPUT_TOKENS"),
        (400, error(None, TOO_MANY_TOKENS), "model_settings", "INTRAY_MAX_OUTPUT_TOKENS"),
        (401, error("invalid_api_key"), "model_access_denied", "key"),
        (403, error("PermissionDenied"), "model_access_denied", "role"),
        (402, error(None), "model_quota", "quota"),
        (429, error("insufficient_quota"), "model_quota", "quota"),
        (404, error("DeploymentNotFound"), "model_not_found", "deployment's name"),
        (410, error("ModelDeprecated"), "model_retired", "successor"),
        (405, error(None), "model_endpoint_wrong", "INTRAY_MODEL_ENDPOINT"),
    ],
)
async def test_a_wrong_configuration_is_for_an_operator(
    models: OpenAIModels, loopback: Loopback, status: int, body: object, code: str, advice: str
) -> None:
    """The message says what somebody has to do; documents wait for it."""
    loopback.say(status, body)
    caught = await failure(models)
    assert isinstance(caught, Blocked)
    assert code == caught.code
    assert f"HTTP {status}" in str(caught)
    assert advice in str(caught)


@pytest.mark.parametrize("status", [400, 422, 451])
async def test_a_request_refused_without_a_reason_is_permanent(
    models: OpenAIModels, loopback: Loopback, status: int
) -> None:
    """The same request would be refused again; the message repeats the status and the code, never the text."""
    loopback.say(status, error("strange_code"))
    caught = await failure(models)
    assert isinstance(caught, Refused)
    assert "model_rejected" == caught.code
    assert f"HTTP {status}, strange_code" in str(caught)


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
