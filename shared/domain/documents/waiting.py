"""Why a Run waits, and until when."""

from datetime import datetime

from shared.domain.base.stored import Stored


class Waiting(Stored):
    """A deferred step of a Run: `code` is stable, `message` a sentence that says what it waits for.

    `since`: when the stage was first deferred; `until`: when it runs again; `deferrals`: how often its message was
    deferred.
    """

    stage: str
    code: str
    message: str
    since: datetime
    until: datetime
    deferrals: int
