"""What Azure SDK exceptions mean to us: the one translation that the storage and event adapters share.

Storage and Event Grid answer 429, 500 and 503 when they are busy or away ("Common REST API error codes" in the Azure
Storage reference): those are Retryable. A 401 or 403 is somebody's configuration, or a role that was assigned minutes
ago and is not in force yet: Blocked.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from shared.domain.base.errors import Blocked, IntrayError, Throttled, Unavailable

if TYPE_CHECKING:
    from azure.core.exceptions import HttpResponseError

_BUSY = timedelta(seconds=10)
_AWAY = timedelta(seconds=5)
_LONGEST_RETRY_AFTER = timedelta(hours=1)
"""Whatever a service says, it is asked again after an hour."""
_MAX_DIGITS = 9
"""Digits of a number of seconds that are read: the first nine of more are over the bound, too."""
_CLIENT_ERROR, _NOT_FOUND, _REQUEST_TIMEOUT, _TOO_MANY_REQUESTS, _SERVER_ERROR = 400, 404, 408, 429, 500


@contextmanager
def azure_errors(service: str) -> Iterator[None]:
    """Raise transport trouble with `service` (a name for messages) as Throttled, Unavailable or Blocked.

    `asyncio.timeout` raises TimeoutError for a call that takes too long as a whole.

    What the caller has a meaning for (404, 409, 412) it catches inside. A 404 that is left is something just created
    that is not there yet, or is being deleted. Any other answer is a defect of ours and passes as it is.
    """
    from azure.core.exceptions import AzureError, HttpResponseError

    try:
        yield
    except HttpResponseError as error:
        meaning = _meaning(service, error)
        if meaning is None:
            raise
        raise meaning from error
    except TimeoutError as error:
        raise Unavailable(f"{service} did not answer in time", _AWAY, "timeout") from error
    except AzureError as error:
        raise Unavailable(f"{service} cannot be reached ({type(error).__name__})", _AWAY) from error


def _meaning(service: str, error: "HttpResponseError") -> IntrayError | None:
    """Return the error of ours that an HTTP answer stands for, or None when it is the caller's defect."""
    from azure.core.exceptions import ClientAuthenticationError, DecodeError, IncompleteReadError

    status = error.status_code
    if status is None or isinstance(error, DecodeError | IncompleteReadError):
        return Unavailable(f"{service} gave no usable answer ({type(error).__name__})", _AWAY)
    if status == _TOO_MANY_REQUESTS or error_code(error) == "ServerBusy":
        return Throttled(f"{service} is busy (HTTP {status})", _delay(error))
    if status >= _SERVER_ERROR or status < _CLIENT_ERROR or status in {_NOT_FOUND, _REQUEST_TIMEOUT}:
        return Unavailable(f"{service} is away (HTTP {status})", _delay(error))
    if isinstance(error, ClientAuthenticationError) or status in {401, 403}:
        text = f"{service} refused our identity (HTTP {status}, {error_code(error)}): check its role assignments or key"
        return Blocked(text, code="access_denied")
    return None


def error_code(error: "HttpResponseError") -> str:
    """Return the service's own word for what happened, e.g. `ServerBusy`."""
    code = getattr(error, "error_code", None) or _code_in_body(error)
    return str(getattr(code, "value", code) or "no code")


def _code_in_body(error: "HttpResponseError") -> str | None:
    """Return the code in the body of an answer: the tables client passes errors of single inserts on undecoded."""
    try:
        body = json.loads(error.response.text()) if error.response else {}
    except (ValueError, AttributeError):
        return None
    inner = body.get("odata.error") if isinstance(body, dict) else None
    code = inner.get("code") if isinstance(inner, dict) else None
    return code if isinstance(code, str) else None


def _delay(error: "HttpResponseError") -> timedelta:
    """Return what the server asks us to wait, else a short default. Retry-After in whole seconds (RFC 9110, 10.2.3)."""
    headers = getattr(error.response, "headers", {})
    asked = headers.get("Retry-After", "")
    if not (asked.isascii() and asked.isdigit()):
        return _BUSY
    return min(timedelta(seconds=float(asked[:_MAX_DIGITS])), _LONGEST_RETRY_AFTER)
