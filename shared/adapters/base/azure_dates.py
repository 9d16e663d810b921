"""What time a storage service says it is: the hooks on its clients that the storage adapters share."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from azure.core.pipeline import PipelineRequest, PipelineResponse

type OnDate = Callable[[str, float], None]
"""Called with a response's `Date` header and the seconds since its request was sent."""
_SENT = "intray_sent"


def date_hooks(on_date: OnDate | None) -> dict[str, Any]:
    """Return options of a storage client that call `on_date` for each response."""
    if on_date is None:
        return {}

    def on_request(request: "PipelineRequest[Any]") -> None:
        request.context[_SENT] = time.monotonic()

    def on_response(response: "PipelineResponse[Any, Any]") -> None:
        date, sent = response.http_response.headers.get("Date"), response.context.get(_SENT)
        if date and sent is not None:
            on_date(date, time.monotonic() - sent)

    return {"raw_request_hook": on_request, "raw_response_hook": on_response}
