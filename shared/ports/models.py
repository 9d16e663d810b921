"""Asking a model."""

from typing import Protocol

from shared.domain.model_call import ModelAnswer, ModelCall


class Models(Protocol):
    """Model deployments behind one endpoint. Every call is one billed request: no hidden retries."""

    async def answer(self, call: ModelCall, request_id: str = "") -> ModelAnswer:
        """Ask once. The server is told `request_id` (ASCII letters, digits, `.-`), our name for this one call.

        Raises Throttled (with the server's delay), Unavailable (5xx, time-out, dropped connection), or Permanent
        with code `model_rejected` (the request itself is wrong: bad key, no such deployment, bad schema).
        A content filter or a refusal is an answer, told by `finish`.
        """
