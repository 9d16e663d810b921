"""Asking models over HTTP with the openai SDK: Azure OpenAI's v1 endpoint, or any OpenAI-compatible server."""

import asyncio
import base64
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from shared.adapters.base.azure_errors import azure_errors
from shared.adapters.models.openai.completion import read_completion
from shared.adapters.models.openai.http_errors import HttpAnswer, interpret_error
from shared.domain.base.errors import Blocked, Unavailable
from shared.domain.models.model_call import ImagePart, ModelAnswer, ModelCall, TextPart

if TYPE_CHECKING:
    from openai.types.chat import ChatCompletionContentPartParam

_AWAY = timedelta(seconds=5)
_CONNECT_SECONDS = 10
REQUEST_ID = "x-ms-client-request-id"
"""Azure's header for the caller's own name of a request ("Common REST request headers"); others ignore it."""

type TokenProvider = Callable[[], Awaitable[str]]


class OpenAIModels:
    """The Models port over openai's asynchronous client, without its hidden retries."""

    def __init__(self, base_url: str, api_key: str | TokenProvider, timeout: timedelta = timedelta(minutes=5)) -> None:
        """Models at `base_url` (ends in `/v1` or `/openai/v1/`), by key or a provider of Entra tokens.

        `timeout` is for a whole call, from the connection to the last byte of the answer.
        """
        from openai import AsyncOpenAI, Timeout

        self._access = "key" if isinstance(api_key, str) else "identity"
        self._seconds = timeout.total_seconds()
        self._client = AsyncOpenAI(
            base_url=base_url,
            api_key=api_key if isinstance(api_key, str) else _translate_failures(api_key),
            timeout=Timeout(self._seconds, connect=_CONNECT_SECONDS),
            max_retries=0,
        )

    def __repr__(self) -> str:
        """Name the service and how it is accessed: by `key` or `identity`."""
        return f"OpenAIModels({self._client.base_url.host}, {self._access})"

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def answer(self, call: ModelCall, request_id: str = "") -> ModelAnswer:
        """Ask once; errors as the port says. Their messages and causes hold nothing of the request or the key."""
        from openai import APIConnectionError, APIStatusError, APITimeoutError

        try:
            async with asyncio.timeout(self._seconds):  # httpx restarts its own time-outs with each byte
                body, media_type = await self._ask(call, request_id)
        except APIStatusError as error:
            answer = HttpAnswer(error.status_code, error.response.headers, error.body)
            return interpret_error(
                call, answer
            )  # the cause would carry the server's words, which may quote the request
        except (APITimeoutError, TimeoutError):
            text = f"The model did not answer within {self._seconds:g} seconds (INTRAY_MODEL_SECONDS)."
            raise Unavailable(text, _AWAY, "model_timeout") from None
        except APIConnectionError:
            text = "The model's endpoint cannot be reached, or dropped the connection."
            raise Unavailable(text, _AWAY, "model_unavailable") from None
        if media_type.startswith("text/html") or body.lstrip()[:1] == b"<":
            text = "The model's endpoint answers with a web page: check INTRAY_MODEL_ENDPOINT and the network's proxy."
            raise Blocked(text, code="model_endpoint_wrong")
        return read_completion(call, body)

    async def _ask(self, call: ModelCall, request_id: str) -> tuple[bytes, str]:
        """Return the body and the media type of a successful answer, as they were sent: the SDK parses nothing."""
        from openai import omit

        response = await self._client.chat.completions.with_raw_response.create(
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
        return response.content, response.headers.get("content-type", "").strip().lower()


def _translate_failures(provider: TokenProvider) -> TokenProvider:
    """Return the provider, whose failures are raised as ours."""

    async def token() -> str:
        with azure_errors("the identity service"):
            return await provider()

    return token


def _part(part: TextPart | ImagePart) -> "ChatCompletionContentPartParam":
    """Return a part of the user message as chat completions expect it; pictures travel inside the request."""
    if isinstance(part, TextPart):
        return {"type": "text", "text": part.text}
    data = base64.b64encode(part.data).decode()
    return {"type": "image_url", "image_url": {"url": f"data:{part.media_type};base64,{data}", "detail": "high"}}
