"""Reading a chat completion: tolerant of every shape, because whatever a model said was paid for and is stored."""

import json
from collections.abc import Mapping
from typing import Any, Literal

from shared.adapters.models.openai.http_errors import HttpAnswer, interpret_error, is_filtered
from shared.domain.models.model_call import ModelAnswer, ModelCall, Usage

_MAX_TOKENS = 100_000_000
"""Tokens that no request can use: a larger number is not a count."""
_LONGEST_MODEL_NAME = 200
_MAX_BODY_BYTES = 32 << 20
"""Bytes of a body that are parsed; the longest answer that models give (128,000 tokens) has half a megabyte."""
_LONGEST_TEXT = 4_000_000
"""Characters of a text that are stored."""
_SERVER_ERROR = 500
_ERROR_STATUSES = range(400, 600)


def read_completion(call: ModelCall, body: bytes) -> ModelAnswer:
    """Return what a body with status 200 says; one without a usable text is an answer with an empty or partial text.

    An error object that a gateway sends with status 200 is interpreted as the error that it names.
    """
    try:
        completion = json.loads(body) if len(body) <= _MAX_BODY_BYTES else None
    except (ValueError, RecursionError):  # not JSON, not text, a number with thousands of digits, nested too deeply
        completion = None
    if not isinstance(completion, dict):
        return _answer(call, {}, text=body[:_LONGEST_TEXT].decode("utf-8", "replace"))
    if isinstance(completion.get("error"), dict | str) and not completion.get("choices"):
        return interpret_error(call, HttpAnswer(_status_of(completion["error"]), {}, completion))
    return _answer(call, completion)


def clean_text(text: str) -> str:
    """Return the text with lone surrogates as escapes: they cannot be stored, and are no valid JSON either way."""
    return text[:_LONGEST_TEXT].encode("utf-8", "backslashreplace").decode()


def _answer(call: ModelCall, completion: Mapping[str, Any], text: str = "") -> ModelAnswer:
    choices = completion.get("choices")
    choice = _mapping(choices[0]) if isinstance(choices, list) and choices else {}
    message = _mapping(choice.get("message"))
    content, refused = _content(message.get("content"))
    refusal = _text(message.get("refusal")) or refused
    model = completion.get("model")
    return ModelAnswer(
        text=clean_text(refusal or content or text),
        finish=_finish(completion, choice, content, refusal),
        model=clean_text(model)[:_LONGEST_MODEL_NAME] if isinstance(model, str) and model else call.deployment,
        usage=_usage(completion.get("usage")),
    )


def _finish(
    completion: Mapping[str, Any], choice: Mapping[str, Any], content: str, refusal: str
) -> Literal["stop", "length", "content_filter", "refusal"]:
    """Return how an answer ended; without content, the filter's results decide. Anything unknown ended normally."""
    reason = choice.get("finish_reason")
    if reason == "content_filter":
        return "content_filter"
    if refusal:
        return "refusal"
    results = [choice.get("content_filter_results"), completion.get("prompt_filter_results")]
    if not content and any(map(is_filtered, results)):
        return "content_filter"
    return "length" if reason == "length" else "stop"


def _content(content: object) -> tuple[str, str]:
    """Return the text and the refusal of a message's content: a string, or a list of parts."""
    if not isinstance(content, list):
        return _text(content), ""
    parts = [_mapping(part) for part in content]
    texts = [_text(part.get("text")) for part in parts if part.get("type") in {"text", "output_text"}]
    return "".join(texts), "".join(_text(part.get("refusal")) for part in parts)


def _usage(usage: object) -> Usage:
    """Return the counts of an answer; what is no count is 0."""
    counts = _mapping(usage)
    prompt = _count(counts.get("prompt_tokens"))
    cached = _count(_mapping(counts.get("prompt_tokens_details")).get("cached_tokens"))
    return Usage(prompt=prompt, cached=min(cached, prompt), completion=_count(counts.get("completion_tokens")))


def _count(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 0
    return int(value) if 0 <= value <= _MAX_TOKENS else 0  # false for NaN, too


def _status_of(error: object) -> int:
    """Return the HTTP status that an error object names as its code or status; 500 when it names none."""
    named = [_mapping(error).get("status"), _mapping(error).get("code")]
    for value in named:
        if isinstance(value, int | str) and str(value) in map(str, _ERROR_STATUSES):
            return int(value)
    return _SERVER_ERROR


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
