"""The tree of what can go wrong.

    IntrayError
    ├── Retryable            the same step may succeed later; `delay` says when, `code` and the message why
    │   ├── Throttled        a service asked us to slow down
    │   ├── Unavailable      a service is down, timed out or dropped the connection
    │   ├── Blocked          a service refuses us until an operator changes the configuration
    │   ├── UnreadableRecord this version of the program cannot read a stored value
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
    """The same step may succeed later. `delay` is how long to wait first; where `grows`, longer each time.

    `code` is stable and, with the message, is shown to whoever asks why a document waits. `longest_delay` raises the
    bound to which the delay grows, which is a setting otherwise.
    """

    grows: ClassVar[bool] = True
    default_code: ClassVar[str] = "retryable"
    longest_delay: ClassVar[timedelta] = timedelta()

    def __init__(self, message: str, delay: timedelta = timedelta(seconds=5), code: str = "") -> None:
        super().__init__(message)
        self.delay = delay
        self.code = code or self.default_code


class Throttled(Retryable):
    """A service asked us to slow down; `delay` is what it asked for."""

    default_code = "throttled"


class Unavailable(Retryable):
    """A service is down, timed out or dropped the connection."""

    default_code = "unavailable"


class Blocked(Retryable):
    """A service refuses us until an operator changes the configuration; the message says what to change.

    Documents wait and operators get an alarm. The waits are long, so that the most deferrals that the settings allow
    (500) last over a long weekend: 500 times 15 minutes are five days.
    """

    default_code = "blocked"
    longest_delay = timedelta(minutes=15)

    def __init__(self, message: str, delay: timedelta = timedelta(minutes=1), code: str = "") -> None:
        super().__init__(message, delay, code)


class UnreadableRecord(Retryable):
    """A stored value that this version cannot read: it is damaged, or has a value that only a later version knows.

    Another worker may be able to read it, so a step that needs it is deferred. The message holds the class of
    the value (`stored`) and the kinds of errors, no content.
    """

    default_code = "unreadable_record"

    def __init__(self, message: str, stored: str) -> None:
        super().__init__(message, timedelta(minutes=1))
        self.stored = stored


class Conflict(Retryable):
    """Somebody else changed the row first: read again and decide anew."""

    grows = False
    default_code = "conflict"

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


class UnknownDocument(IntrayError):
    """No such Document."""


class StillRunning(IntrayError):
    """The Document's Run has no outcome yet: wait for it, or let a person close its case."""
