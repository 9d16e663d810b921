"""A chat completion request, checked as the service checks it, and the answer's JSON."""

import base64
import binascii
import io
import json
import re
from dataclasses import dataclass
from typing import Any

from PIL import Image, UnidentifiedImageError

from local.model_server.deployments import Catalogue, Deployment
from local.model_server.errors import ApiError, Json, deployment_not_found, invalid_request, unsupported_parameter
from local.model_server.schema_limits import check_schema
from local.model_server.usage import image_tokens, text_tokens

_SAMPLING = ("temperature", "top_p", "presence_penalty", "frequency_penalty", "max_tokens", "seed", "logit_bias")
_KNOWN_PARAMETERS = frozenset(
    [
        "model",
        "messages",
        "response_format",
        "max_completion_tokens",
        "reasoning_effort",
        "n",
        "stream",
        "user",
        "metadata",
        "store",
        "verbosity",
        "prompt_cache_key",
        "prompt_cache_retention",
        "safety_identifier",
        "service_tier",
        "parallel_tool_calls",
    ]
)
_DATA_URL = re.compile(r"data:(image/(?:jpeg|png|gif|webp));base64,(.*)", re.DOTALL)
_MAX_IMAGE_BYTES = 20 * 2**20
_MAX_IMAGES = 50
_TOKENS_PER_MESSAGE = 3


@dataclass(frozen=True)
class ChatRequest:
    """What was asked: `prompt` is everything textual in order, `images` the encoded bytes in order."""

    deployment: Deployment
    schema_name: str
    schema: Json | None
    system: str
    texts: tuple[str, ...]
    images: tuple[bytes, ...]
    prompt_tokens: int
    max_tokens: int | None

    @property
    def prompt(self) -> str:
        """The text that prompt caching compares: the schema first, then the messages."""
        return "\n".join((json.dumps(self.schema, sort_keys=True), self.system, *self.texts))


def parse_request(body: object, catalogue: Catalogue) -> ChatRequest:
    """Return the request in `body`; raises ApiError 400 or 404 in the service's shapes."""
    if not isinstance(body, dict):
        raise invalid_request("We could not parse the JSON body of your request.")
    deployment = catalogue.find(str(body.get("model")))
    if deployment is None:
        raise deployment_not_found()
    _check_parameters(body, deployment)
    name, schema = _schema(body.get("response_format"))
    system, texts, images, image_cost = _messages(body.get("messages"), deployment)
    text_cost = text_tokens("\n".join((json.dumps(schema) if schema else "", system, *texts)))
    return ChatRequest(
        deployment,
        name,
        schema,
        system,
        texts,
        images,
        text_cost + image_cost + _TOKENS_PER_MESSAGE * (len(body["messages"]) + 1),
        body.get("max_completion_tokens") or body.get("max_tokens"),
    )


def _check_parameters(body: Json, deployment: Deployment) -> None:
    if body.get("stream"):
        raise invalid_request("Streaming is not offered by the offline reader.", "stream", "unsupported_value")
    if body.get("n", 1) != 1:
        raise invalid_request("The offline reader gives one answer: 'n' must be 1.", "n", "unsupported_value")
    for name in body:
        if name in {"logprobs", "top_logprobs", "tools", "tool_choice", "functions", "stop", "modalities", "audio"}:
            raise unsupported_parameter(name)
        if name in _SAMPLING:
            _check_sampling(name, deployment)
        elif name == "reasoning_effort" and not deployment.reasoning:
            raise invalid_request(f"Unrecognized request argument supplied: {name}", name)
        elif name not in _KNOWN_PARAMETERS:
            raise invalid_request(f"Unrecognized request argument supplied: {name}")
    for name in ("max_completion_tokens", "max_tokens"):
        limit = body.get(name)
        if limit is not None and (not isinstance(limit, int) or limit < 1):
            raise invalid_request(f"Invalid value for '{name}': it must be a positive integer.", name, "invalid_value")


def _check_sampling(name: str, deployment: Deployment) -> None:
    if not deployment.reasoning:
        return
    if name == "max_tokens":
        raise unsupported_parameter(name, "is not supported with this model. Use 'max_completion_tokens' instead.")
    raise unsupported_parameter(name)


def _schema(response_format: object) -> tuple[str, Json | None]:
    if response_format is None or response_format == {"type": "text"}:
        return "", None
    json_schema = response_format.get("json_schema") if isinstance(response_format, dict) else None
    if (
        not isinstance(json_schema, dict)
        or not isinstance(response_format, dict)
        or response_format.get("type") != "json_schema"
    ):
        raise invalid_request("The offline reader answers response_format 'json_schema' only.", "response_format")
    name = str(json_schema.get("name", ""))
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", name):
        raise invalid_request("Invalid 'response_format.json_schema.name'.", "response_format.json_schema.name")
    if json_schema.get("strict") is not True:
        raise invalid_request("The offline reader needs 'strict': true.", "response_format.json_schema.strict")
    check_schema(name, json_schema.get("schema"))
    return name, json_schema["schema"]


def _messages(messages: object, deployment: Deployment) -> tuple[str, tuple[str, ...], tuple[bytes, ...], int]:
    if not isinstance(messages, list) or not messages:
        raise invalid_request("Invalid 'messages': it must be a non-empty array.", "messages")
    system: list[str] = []
    texts: list[str] = []
    images: list[bytes] = []
    cost = 0
    for number, message in enumerate(messages):
        for part in _parts(message, f"messages.[{number}]"):
            if "image_url" in part:
                data, tokens = _image(part["image_url"], deployment)
                images.append(data)
                cost += tokens
            else:
                (texts if message["role"] == "user" else system).append(str(part.get("text", "")))
    if len(images) > _MAX_IMAGES:
        raise invalid_request(f"Too many images: {len(images)}, the limit is {_MAX_IMAGES}.", "messages")
    return "\n".join(system), tuple(texts), tuple(images), cost


def _parts(message: object, where: str) -> list[Json]:
    if not isinstance(message, dict) or message.get("role") not in {"system", "developer", "user", "assistant"}:
        raise invalid_request(f"Invalid value: '{where}.role'.", f"{where}.role", "invalid_value")
    content: Any = message.get("content")
    if isinstance(content, str):
        return [{"type": "text", "text": content}]
    if isinstance(content, list) and all(isinstance(part, dict) for part in content):
        return content
    raise invalid_request(f"Invalid type for '{where}.content'.", f"{where}.content", "invalid_type")


def _image(image_url: object, deployment: Deployment) -> tuple[bytes, int]:
    url = image_url.get("url") if isinstance(image_url, dict) else None
    match = _DATA_URL.fullmatch(url) if isinstance(url, str) else None
    if match is None:
        raise _bad_image("expected a base64 data URL of a JPEG, PNG, GIF or WEBP image.")
    try:
        data = base64.b64decode(match.group(2), validate=True)
        with Image.open(io.BytesIO(data)) as image:
            width, height = image.size
    except (binascii.Error, UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise _bad_image("the data is not a readable image.") from error
    if len(data) > _MAX_IMAGE_BYTES:
        raise _bad_image("it is larger than 20 MB.")
    return data, image_tokens(deployment.model, width, height)


def _bad_image(why: str) -> ApiError:
    return invalid_request(f"Invalid image: {why}", "messages", "invalid_image_url")


def completion(
    request: ChatRequest, answer_id: str, created: int, choice: Json, completion_tokens: int, cached_tokens: int
) -> Json:
    """Return the `chat.completion` object around one choice; the model names itself honestly."""
    usage = {
        "prompt_tokens": request.prompt_tokens,
        "completion_tokens": completion_tokens,
        "total_tokens": request.prompt_tokens + completion_tokens,
        "prompt_tokens_details": {"cached_tokens": cached_tokens, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
    }
    return {
        "id": f"chatcmpl-{answer_id}",
        "object": "chat.completion",
        "created": created,
        "model": "offline-reader-1",
        "system_fingerprint": "fp_offline_reader",
        "choices": [choice],
        "usage": usage,
    }


def choice(content: str | None, finish_reason: str = "stop", refusal: str | None = None) -> Json:
    """Return the one choice of an answer."""
    message = {"role": "assistant", "content": content, "refusal": refusal}
    return {"index": 0, "message": message, "finish_reason": finish_reason, "logprobs": None}
