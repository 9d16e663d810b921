"""Notices, in the worker, that the app put a message on a queue, so that the host need not wait for its next poll.

Only a convenience of this host; Azure has no such signal. The storage SDK logs each request before it is sent; a
handler on that logger reads the queue's name from the URL and notifies the host shortly after.
"""

import asyncio
import logging
import re
from collections.abc import Callable

_SDK_REQUESTS = "azure.core.pipeline.policies.http_logging_policy"
_SENT = re.compile(r"Request URL: '[^']*/([a-z0-9-]+)/messages(?:\?[^']*)?'\nRequest method: 'POST'")
_SERVICE_TAKES_SECONDS = 0.05


class ArrivalHandler(logging.Handler):
    """Calls `tell` with the name of a queue, once for all messages sent to it within a twentieth of a second."""

    def __init__(self, loop: asyncio.AbstractEventLoop, tell: Callable[[str], None]) -> None:
        super().__init__(logging.INFO)
        self._loop = loop
        self._tell = tell
        self._pending: set[str] = set()

    @classmethod
    def install(cls, tell: Callable[[str], None]) -> None:
        """Listen to the SDK's log, whatever the level of the app's own."""
        logger = logging.getLogger(_SDK_REQUESTS)
        logger.addHandler(cls(asyncio.get_running_loop(), tell))
        logger.setLevel(logging.INFO)
        logger.propagate = False

    def emit(self, record: logging.LogRecord) -> None:
        """Look at one record; called on any thread."""
        sent = _SENT.match(str(record.msg))
        if sent is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._schedule, sent[1])

    def _schedule(self, queue: str) -> None:
        if queue not in self._pending:
            self._pending.add(queue)
            self._loop.call_later(_SERVICE_TAKES_SECONDS, self._announce, queue)

    def _announce(self, queue: str) -> None:
        self._pending.discard(queue)
        self._tell(queue)
