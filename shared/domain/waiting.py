"""Why a Run waits, and until when."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict


class Waiting(BaseModel):
    """A deferred step of a Run: `code` is stable, `message` a sentence that says what it waits for.

    `since`: when the stage was first deferred; `until`: when it runs again; `deferrals`: how often its message was
    deferred. Fields of a later version are ignored.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    stage: str
    code: str
    message: str
    since: datetime
    until: datetime
    deferrals: int
