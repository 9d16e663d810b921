"""The tree of what can go wrong.

    IntrayError
    ├── Retryable            the same step may succeed later; `delay` says when
    │   ├── Throttled        a service asked us to slow down
    │   ├── Unavailable      a service is down, timed out or dropped the connection
    │   └── Conflict         somebody else changed the row first
    └── Permanent            the same step will fail again; `code` is published with the document
        ├── Unreadable       broken, empty, encrypted, unsupported or over a limit
        ├── Superseded       the blob changed or vanished since the event
        └── Refused          a model refused the request

Only `functions/` translates these into queue delays, poison messages and HTTP answers.
Messages never hold document text, prompts, model output or keys.
"""

from datetime import timedelta
from typing import ClassVar


class IntrayError(Exception):
    """Root of every error this project raises on purpose."""


class Retryable(IntrayError):
    """The same step may succeed later. `delay` is how long to wait first; where `grows`, longer each time."""

    grows: ClassVar[bool] = True

    def __init__(self, message: str, delay: timedelta = timedelta(seconds=5)) -> None:
        super().__init__(message)
        self.delay = delay


class Throttled(Retryable):
    """A service asked us to slow down; `delay` is what it asked for."""


class Unavailable(Retryable):
    """A service is down, timed out or dropped the connection."""


class Conflict(Retryable):
    """Somebody else changed the row first: read again and decide anew."""

    grows = False

    def __init__(self, message: str = "the row was changed by somebody else") -> None:
        super().__init__(message, timedelta(seconds=1))


class Permanent(IntrayError):
    """The same step will fail again. `code` is stable and published with the document's outcome."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Unreadable(Permanent):
    """The file is broken, empty, encrypted, unsupported or over a limit."""


class Superseded(Permanent):
    """The blob was overwritten or deleted after the event that named it."""


class Refused(Permanent):
    """A model refused to answer (content filter, refusal, or no valid answer)."""
