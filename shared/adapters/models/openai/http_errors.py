"""What an HTTP error of a model endpoint means: about the content of a request, its size, or the configuration.

Codes are those of OpenAI and Azure OpenAI ("Error codes" and "Content filtering" in their references); messages are
looked at only where services send no code. Neither is repeated in full: a message may quote the request.
"""

import math
import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, Literal, NamedTuple

from shared.domain.base.errors import Blocked, IntrayError, Refused, Throttled, Unavailable
from shared.domain.models.model_call import ModelAnswer, ModelCall, Usage

type _Finish = Literal["length", "content_filter", "refusal"]


class HttpAnswer(NamedTuple):
    """An error as a server sent it: its status, its headers, and its body as far as that is JSON."""

    status: int
    headers: Mapping[str, str]
    body: object


_THROTTLED = timedelta(seconds=10)
"""How long to wait when a server throttles without saying for how long."""
_AWAY = timedelta(seconds=5)
_LONGEST_RETRY_AFTER = timedelta(hours=1)
"""A server that asks for more is asked again each hour: its quota may be raised, or the number be nonsense."""
_TEMPORARY = frozenset({408, 409, 424, 425})
"""Client errors that say nothing about the request: time-out, conflict, failed dependency, too early."""
_ABOUT_CONTENT = frozenset({400, 422, 451})
_UNAUTHORIZED, _PAYMENT, _TOO_LARGE, _TOO_MANY_REQUESTS, _SERVER_ERROR = 401, 402, 413, 429, 500
_WORD = re.compile(r"[\w.\[\]-]{1,64}", re.ASCII)
_MAX_WORDS = 3
"""Codes and parameters of an error that are repeated."""
_MAX_ENTRIES = 500
"""Entries of an error's body that are looked at."""

_FILTER_CODE = re.compile(
    r"content_?filter|(content|usage|image)_?(policy|safety)|policy_?violation|responsible_?ai|invalid_?prompt"
    r"|moderation|safety_|jailbreak",
    re.IGNORECASE,
)
_FILTER_TEXT = re.compile(
    r"content management policy|usage polic|safety system|content polic|flagged as potentially|content filter",
    re.IGNORECASE,
)
_LENGTH_CODE = re.compile(
    r"context_length|(string|array|request|input|prompt)_(above_max_length|too_(long|large))|tokens?_limit",
    re.IGNORECASE,
)
_RATE_LENGTH_TEXT = re.compile(r"request too large", re.IGNORECASE)
"""One request alone is above the rate limit: waiting does not help, a smaller request does."""
_LENGTH_TEXT = re.compile(
    r"maximum context length|context (window|length)|(input|prompt|request)\b.{0,40} too (long|large)"
    r"|too many (images|tokens)|reduce the length|tokens? limit",
    re.IGNORECASE,
)
_ANSWER_LIMIT_TEXT = re.compile(r"at most \d+ (completion|output) tokens", re.IGNORECASE)
_IMAGE_CODE = re.compile(r"image", re.IGNORECASE)
_IMAGE_TEXT = re.compile(
    r"(invalid|unsupported|corrupt|could not|cannot|unable|failed)\b.{0,40}\bimage|not a (valid|readable) image"
    r"|\bimage\b.{0,40}\b(too large|exceed|invalid)",
    re.IGNORECASE,
)
_QUOTA_CODE = re.compile(r"insufficient_(quota|balance|funds)|quota_exceeded|billing|credit", re.IGNORECASE)
_SETTING_CODE = re.compile(
    r"un(supported|known|recognized)_(parameter|value|argument)|invalid_(json_schema|schema|api)"
    r"|missing_required|operation_?not_?supported|model_not_(found|supported)|deployment_?not_?found",
    re.IGNORECASE,
)
_VALUE_CODE = re.compile(r"invalid_(parameter|value|type)", re.IGNORECASE)
_CONTENT_PARAMETER = re.compile(r"messages|input|prompt$", re.IGNORECASE)
_SETTING_TEXT = re.compile(
    r"unrecognized request argument|unsupported (parameter|value)|(is not|does not|isn't|doesn't) support"
    r"|only supported|api.?version|response_format|json_schema|image_url is only",
    re.IGNORECASE,
)
_SETTING_PARAMETERS = re.compile(
    r"^model|response_format|reasoning|max_(completion_|output_)?tokens|prompt_cache|temperature|top_p|service_tier",
    re.IGNORECASE,
)
_BLOCKED: Mapping[int, tuple[str, str]] = {
    401: ("model_access_denied", "check the key, or the role Cognitive Services OpenAI User of the identity"),
    402: ("model_quota", "the account's quota or balance is used up: raise it"),
    403: (
        "model_access_denied",
        "check the role Cognitive Services OpenAI User of the identity, and the resource's network rules",
    ),
    404: (
        "model_not_found",
        "no such deployment at this endpoint: check the deployment's name and that the address ends in /openai/v1/",
    ),
    410: (
        "model_retired",
        "the deployment's model was retired: deploy its successor and name that in the model catalogue",
    ),
}
_WRONG_ENDPOINT = ("model_endpoint_wrong", "no model answers there: check INTRAY_MODEL_ENDPOINT")
_SETTINGS_ADVICE = "choose another deployment in the model catalogue, or check the model settings and type schemas"
_LIMIT_ADVICE = "the deployment gives shorter answers: lower INTRAY_MAX_OUTPUT_TOKENS"
_REFUSED_ADVICE = "check whether the deployment supports structured output and pictures, and what the endpoint logs"


def interpret_error(call: ModelCall, answer: HttpAnswer) -> ModelAnswer:
    """Return the answer that an error about the content or the size of a request stands for.

    Such an answer costs nothing. Any other error is raised as ours: Throttled, Unavailable, Blocked for what an
    operator must change, Refused for a request that the endpoint does not take for a reason it does not tell.
    """
    finish = _finish(answer)
    if finish is not None:
        return ModelAnswer(text="", finish=finish, model=call.deployment, usage=Usage())
    raise _meaning(answer) from None  # the cause would carry the server's words


def _finish(answer: HttpAnswer) -> _Finish | None:
    """Return how an answer ends that was refused for its content or its size; None when that was not the reason.

    `refusal` is what another deployment may do better. Credentials, and the rate, say nothing about the content.
    """
    status, codes, text = answer.status, _codes(answer.body), _message(answer.body)
    finish: _Finish | None = None
    if status == _UNAUTHORIZED or _any(_QUOTA_CODE, codes):
        finish = None
    elif _any(_FILTER_CODE, codes) or is_filtered(answer.body):
        finish = "content_filter"
    elif status == _TOO_LARGE or _any(_LENGTH_CODE, codes):
        finish = "length"
    elif status == _TOO_MANY_REQUESTS:
        finish = "length" if _RATE_LENGTH_TEXT.search(text) else None
    elif status < _SERVER_ERROR and status not in _TEMPORARY and _FILTER_TEXT.search(text):
        finish = "content_filter"
    elif status in _ABOUT_CONTENT:
        finish = _finish_of_content(codes, text)
    return finish


def _finish_of_content(codes: list[str], text: str) -> _Finish | None:
    """Return `_finish` of a status that may be about the content, where no code says so."""
    if _LENGTH_TEXT.search(text) and not _ANSWER_LIMIT_TEXT.search(text):
        return "length"
    if _any(_SETTING_CODE, codes) or _SETTING_TEXT.search(text):
        return None
    return "refusal" if _any(_IMAGE_CODE, codes) or _IMAGE_TEXT.search(text) else None


def _meaning(answer: HttpAnswer) -> IntrayError:
    """Return the error of ours that an HTTP answer stands for. Its status, code and parameter are repeated only."""
    status = _PAYMENT if _any(_QUOTA_CODE, _codes(answer.body)) else answer.status
    if status == _TOO_MANY_REQUESTS:
        return Throttled("The model is at its rate limit.", _retry_after(answer) or _THROTTLED, "model_throttled")
    if status >= _SERVER_ERROR or status in _TEMPORARY:
        return Unavailable(f"The model is away (HTTP {status}).", _retry_after(answer) or _AWAY, "model_unavailable")
    if status not in _ABOUT_CONTENT:
        code, advice = _BLOCKED.get(status, _WRONG_ENDPOINT)
        return Blocked(_sentence(answer, advice), code=code)
    if _ANSWER_LIMIT_TEXT.search(_message(answer.body)):
        return Blocked(_sentence(answer, _LIMIT_ADVICE), code="model_settings")
    if _is_about_settings(answer.body):
        return Blocked(_sentence(answer, _SETTINGS_ADVICE), code="model_settings")
    return Refused("model_rejected", _sentence(answer, _REFUSED_ADVICE))


def _sentence(answer: HttpAnswer, advice: str) -> str:
    words = dict.fromkeys([*_strings(answer.body, {"code"}), *_strings(answer.body, {"param"})])
    shown = [word for word in words if _WORD.fullmatch(word) and word != str(answer.status)][:_MAX_WORDS]
    return f"The model endpoint refused the request ({', '.join([f'HTTP {answer.status}', *shown])}): {advice}."


def _is_about_settings(body: object) -> bool:
    """Return whether a parameter of every request is refused, not the content of this one."""
    codes, parameters = _codes(body), _strings(body, {"param"})
    about_value = _any(_VALUE_CODE, codes) and not _any(_CONTENT_PARAMETER, parameters)
    if about_value or _any(_SETTING_CODE, codes) or _any(_SETTING_PARAMETERS, parameters):
        return True
    return _SETTING_TEXT.search(_message(body)) is not None


def is_filtered(results: object) -> bool:
    """Return whether a content filter's results, however nested, say that something was filtered."""
    return any(name == "filtered" and value is True for name, value in _entries(results))


def _any(pattern: re.Pattern[str], words: list[str]) -> bool:
    return any(pattern.search(word) for word in words)


def _codes(body: object) -> list[str]:
    """Return every code and type in an error, also those of inner errors, wherever they are nested."""
    return _strings(body, {"code", "type"})


def _message(body: object) -> str:
    """Return the messages of an error; a body that is no JSON is its own message."""
    return " ".join([body] if isinstance(body, str) else _strings(body, {"message", "detail"}))[:5000]


def _strings(body: object, names: set[str]) -> list[str]:
    return [value for name, value in _entries(body) if name in names and isinstance(value, str)]


def _entries(body: object) -> Iterator[tuple[str, Any]]:
    """Yield the entries of all objects in a body, outer ones first."""
    pending, looked_at = [body], 0
    while pending and looked_at < _MAX_ENTRIES:
        value = pending.pop(0)
        items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for name, item in items:
            looked_at += 1
            yield str(name), item
            pending.append(item)


def _retry_after(answer: HttpAnswer) -> timedelta | None:
    """Return how long the server asks us to wait, by `retry-after-ms`, else `retry-after` in seconds, up to a bound."""
    for header, unit in (("retry-after-ms", timedelta(milliseconds=1)), ("retry-after", timedelta(seconds=1))):
        try:
            count = float(answer.headers.get(header, ""))
        except ValueError:
            continue
        if not math.isfinite(count) or count < 0:
            continue
        return min(count, _LONGEST_RETRY_AFTER / unit) * unit
    return None
