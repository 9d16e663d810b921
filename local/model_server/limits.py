"""Requests and tokens a minute, counted as the service counts them: prompt plus allowed answer, before the call."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from local.model_server.errors import throttling_error

_WINDOW = 60.0  # seconds


@dataclass
class RateWindow:
    """One deployment-wide rolling minute; `requests` and `tokens` are the quota a minute, None is no limit."""

    clock: Callable[[], float]
    requests: int | None = None
    tokens: int | None = None
    _spent: deque[tuple[float, int]] = field(default_factory=deque)

    def spend(self, tokens: int) -> dict[str, str]:
        """Take one request of `tokens` and return the rate headers; raises ApiError 429 when the quota is used up."""
        now = self.clock()
        while self._spent and self._spent[0][0] <= now - _WINDOW:
            self._spent.popleft()
        used = sum(count for _, count in self._spent)
        over_requests = self.requests is not None and len(self._spent) >= self.requests
        if over_requests or (self.tokens is not None and used + tokens > self.tokens):
            raise throttling_error((self._spent[0][0] + _WINDOW - now) if self._spent else _WINDOW)
        self._spent.append((now, tokens))
        return self._headers(used + tokens)

    def _headers(self, used: int) -> dict[str, str]:
        requests = self.requests if self.requests is not None else 10_000
        tokens = self.tokens if self.tokens is not None else 10_000_000
        return {
            "x-ratelimit-limit-requests": str(requests),
            "x-ratelimit-remaining-requests": str(max(0, requests - len(self._spent))),
            "x-ratelimit-reset-requests": "60",
            "x-ratelimit-limit-tokens": str(tokens),
            "x-ratelimit-remaining-tokens": str(max(0, tokens - used)),
            "x-ratelimit-reset-tokens": "60",
        }
