"""The errors a client of Azure OpenAI sees, in the shapes that the service really uses."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

type Json = dict[str, Any]


@dataclass(frozen=True)
class ApiError(Exception):
    """An answer that is not 200: its HTTP status, its JSON body and extra headers."""

    status: int
    body: Json
    headers: Mapping[str, str] = field(default_factory=dict)


def invalid_request(message: str, param: str | None = None, code: str | None = None) -> ApiError:
    """400: the request itself is wrong; `param` names the argument."""
    error = {"message": message, "type": "invalid_request_error", "param": param, "code": code}
    return ApiError(400, {"error": error})


def unsupported_parameter(name: str, why: str = "is not supported with this model.") -> ApiError:
    """400: this deployment does not take that parameter."""
    return invalid_request(f"Unsupported parameter: '{name}' {why}", name, "unsupported_parameter")


def wrong_key() -> ApiError:
    """401: no key, or not the right one."""
    message = (
        "Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an "
        "active subscription and use a correct regional API endpoint for your resource."
    )
    return ApiError(401, {"error": {"code": "401", "message": message}})


def deployment_not_found() -> ApiError:
    """404: no deployment has that name."""
    message = (
        "The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, "
        "please wait a moment and try again."
    )
    return ApiError(404, {"error": {"code": "DeploymentNotFound", "message": message}})


def throttling_error(seconds: float) -> ApiError:
    """429 with `retry-after` (whole seconds) and `retry-after-ms`."""
    whole = max(1, round(seconds))
    message = (
        "Requests to the ChatCompletions_Create Operation have exceeded the rate limit of your current pricing tier. "
        f"Please retry after {whole} seconds."
    )
    headers = {"retry-after": str(whole), "retry-after-ms": str(round(seconds * 1000))}
    return ApiError(429, {"error": {"code": "RateLimitReached", "message": message}}, headers)


def prompt_filtered(category: str = "jailbreak") -> ApiError:
    """400 `content_filter`: the service's filter refused the prompt, here for `category`."""
    results: Json = {
        name: {"filtered": False, "severity": "safe"} for name in ("hate", "self_harm", "sexual", "violence")
    }
    results["jailbreak"] = {"filtered": False, "detected": False}
    results[category] = {"filtered": True, "detected": True}
    message = (
        "The response was filtered due to the prompt triggering Azure OpenAI's content management policy. "
        "Please modify your prompt and retry."
    )
    inner = {"code": "ResponsibleAIPolicyViolation", "content_filter_result": results}
    error = {
        "message": message,
        "type": None,
        "param": "prompt",
        "code": "content_filter",
        "status": 400,
        "innererror": inner,
    }
    return ApiError(400, {"error": error})
