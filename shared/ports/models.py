"""Asking a model."""

from typing import Protocol

from shared.domain.models.model_call import ModelAnswer, ModelCall


class Models(Protocol):
    """Model deployments behind one endpoint. Every call is one billed request: no hidden retries."""

    async def answer(self, call: ModelCall, request_id: str = "") -> ModelAnswer:
        """Ask once. The server is told `request_id` (ASCII letters, digits, `.-`), our name for this one call.

        Raises Throttled (with the server's delay), Unavailable (5xx, time-out, dropped connection), Blocked (bad key,
        no quota, no such deployment, a parameter it does not take: an operator must act), or Refused with code
        `model_rejected` (this request is refused for a reason that the server does not tell).
        A content filter, a refusal and a request that is too long are answers, told by `finish`. So is a malformed
        one, which may have been billed: its text is what can be stored of it, its usage 0 where there are no counts.
        """
