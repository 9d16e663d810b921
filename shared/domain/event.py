"""The facts that downstream systems are told: CloudEvents 1.0 of `dev.intray.document.<name>.v1`."""

from datetime import datetime
from typing import Any, Literal

from shared.domain.frozen import Frozen

EventName = Literal["received", "duplicate", "review_requested", "finalized", "corrected", "failed", "held"]


class Event(Frozen):
    """One fact about a Document. `id` is stable, so that a repeated delivery can be recognised; never document text."""

    id: str
    name: EventName
    source: str
    subject: str
    time: datetime
    data: dict[str, Any]

    @property
    def type(self) -> str:
        """The CloudEvents type, with its version."""
        return f"dev.intray.document.{self.name}.v1"

    @property
    def dataschema(self) -> str:
        """Where the JSON Schema of `data` is published, relative to the project's documentation."""
        return f"https://intray.dev/events/{self.name}.v1.json"
