"""Asking models over HTTP with the openai SDK: Azure OpenAI's v1 endpoint, or any OpenAI-compatible server."""

import base64
import math
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from shared.adapters.azure_errors import azure_errors
from shared.domain.errors import IntrayError, Permanent, Throttled, Unavailable
from shared.domain.model_call import ImagePart, ModelAnswer, ModelCall, TextPart, Usage

if TYPE_CHECKING:
    from openai import APIStatusError
    from openai.types.chat import ChatCompletion, ChatCompletionContentPartParam

_THROTTLED = timedelta(seconds=10)
"""How long to wait when a server throttles without saying for how long."""
_AWAY = timedelta(seconds=5)
_CONNECT_SECONDS = 10
REQUEST_ID = "x-ms-client-request-id"
"""Azure's header for the caller's own name of a request ("Common REST request headers"); others ignore it."""
_WORD = re.compile(r"[\w.-]{1,64}", re.ASCII)
_ADVICE = {
    400: "the deployment may not support structured output or pictures: choose another model, or check the schema",
    401: "check the key, or the role Cognitive Services OpenAI User of the identity",
    403: "check the role Cognitive Services OpenAI User of the identity, and the resource's network rules",
    404: "no such deployment at this endpoint: check the deployment's name and that the address ends in /openai/v1/",
    410: "the deployment's model was retired: deploy its successor and name that in the settings",
    413: "the request is too large for this endpoint: send fewer or smaller pages at a time",
}
_TEMPORARY = frozenset({408, 409, 424, 425})
"""Client errors that say nothing about the request: time-out, conflict, failed dependency, too early."""
_TOO_MANY_REQUESTS, _SERVER_ERROR = 429, 500

type TokenProvider = Callable[[], Awaitable[str]]


class OpenAIModels:
    """The Models port over openai's asynchronous client, without its hidden retries."""

    def __init__(self, base_url: str, api_key: str | TokenProvider, timeout: timedelta = timedelta(minutes=5)) -> None:
        """Models at `base_url` (ends in `/v1` or `/openai/v1/`), by key or a provider of Entra tokens."""
        from openai import AsyncOpenAI, Timeout

        self._client = AsyncOpenAI(
            base_url=base_url,
            api_key=api_key if isinstance(api_key, str) else _translated(api_key),
            timeout=Timeout(timeout.total_seconds(), connect=_CONNECT_SECONDS),
            max_retries=0,
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def answer(self, call: ModelCall, request_id: str = "") -> ModelAnswer:
        """Ask once; errors as the port says. Their messages and causes hold nothing of the request or the key."""
        from openai import APIConnectionError, APIStatusError, APITimeoutError

        try:
            completion = await self._ask(call, request_id)
        except APIStatusError as error:
            if error.status_code == 400 and error.code == "content_filter":  # noqa: PLR2004 - HTTP's Bad Request
                return ModelAnswer(text="", finish="content_filter", model=call.deployment, usage=Usage())
            raise _meaning(error) from None  # the cause would carry the server's words, which may quote the request
        except APITimeoutError:
            raise Unavailable("the model did not answer in time", _AWAY) from None
        except APIConnectionError:
            raise Unavailable("the model's endpoint cannot be reached, or dropped the connection", _AWAY) from None
        except ValueError:
            raise Unavailable("the model's endpoint answered with something that is not JSON", _AWAY) from None
        return _answer(call, completion)

    async def _ask(self, call: ModelCall, request_id: str) -> "ChatCompletion":
        from openai import omit

        return await self._client.chat.completions.create(
            model=call.deployment,
            messages=[
                {"role": "system", "content": call.system},
                {"role": "user", "content": [_part(part) for part in call.parts]},
            ],
            response_format={
                "type": "json_schema",
                "json_schema": {"name": call.schema_name, "strict": True, "schema": call.json_schema},
            },
            max_completion_tokens=call.max_output_tokens,
            reasoning_effort=call.reasoning_effort or omit,
            prompt_cache_key=call.cache_key or omit,
            extra_headers={REQUEST_ID: request_id} if request_id else None,
        )


def _translated(provider: TokenProvider) -> TokenProvider:
    """The provider, whose failures are raised as ours."""

    async def token() -> str:
        with azure_errors("the identity service"):
            return await provider()

    return token


def _part(part: TextPart | ImagePart) -> "ChatCompletionContentPartParam":
    """A part of the user message as chat completions expect it; pictures travel inside the request."""
    if isinstance(part, TextPart):
        return {"type": "text", "text": part.text}
    data = base64.b64encode(part.data).decode()
    return {"type": "image_url", "image_url": {"url": f"data:{part.media_type};base64,{data}", "detail": "high"}}


def _answer(call: ModelCall, completion: "ChatCompletion") -> ModelAnswer:
    """The first choice with its cost; Unavailable when a server sends something else with status 200."""
    if not getattr(completion, "choices", None):
        raise Unavailable("the model's endpoint answered without a choice", _AWAY)
    choice = completion.choices[0]
    usage = completion.usage
    details = usage.prompt_tokens_details if usage else None
    finish = choice.finish_reason
    return ModelAnswer(
        text=choice.message.refusal or choice.message.content or "",
        finish="refusal" if choice.message.refusal else finish if finish in {"length", "content_filter"} else "stop",
        model=completion.model or call.deployment,
        usage=Usage(
            prompt=usage.prompt_tokens if usage else 0,
            cached=(details.cached_tokens or 0) if details else 0,
            completion=usage.completion_tokens if usage else 0,
        ),
    )


def _meaning(error: "APIStatusError") -> IntrayError:
    """The error of ours that an HTTP answer stands for. Only its status and code are repeated, never its text."""
    status = error.status_code
    if status == _TOO_MANY_REQUESTS:
        return Throttled("the model is at its rate limit", _delay(error) or _THROTTLED)
    if status >= _SERVER_ERROR or status in _TEMPORARY:
        return Unavailable(f"the model is away (HTTP {status})", _delay(error) or _AWAY)
    words = [word for word in (error.code, error.param) if word and _WORD.fullmatch(word)]
    said = ", ".join([f"HTTP {status}", *words])
    advice = _ADVICE.get(status, "the endpoint does not take such a request: check the model settings")
    return Permanent("model_rejected", f"the model refused the request ({said}): {advice}")


def _delay(error: "APIStatusError") -> timedelta | None:
    """How long the server asks us to wait: `retry-after-ms`, else `retry-after` in seconds, however long."""
    for header, unit in (("retry-after-ms", timedelta(milliseconds=1)), ("retry-after", timedelta(seconds=1))):
        try:
            count = float(error.response.headers.get(header, ""))
        except ValueError:
            continue
        if math.isfinite(count) and count >= 0:
            return count * unit
    return None
