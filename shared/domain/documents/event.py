"""The facts that downstream systems are told: CloudEvents 1.0 of type `dev.intray.document.<name>.v1`."""

from datetime import datetime
from typing import Literal

from shared.domain.base.frozen import Frozen
from shared.domain.base.stored import Stored
from shared.domain.documents.run import Reason

EventName = Literal[
    "received", "duplicate", "review_requested", "finalized", "corrected", "failed", "held", "unpacked", "deleted"
]


class Fact(Frozen):
    """What every event's data says. Ids, links and figures; never document text. `parent`: the file it came out of."""

    document_id: str
    run: int
    container: str
    name: str
    etag: str
    parent: str | None = None


class ReceivedFact(Fact):
    """A version of a file was taken in. `size` in bytes."""

    size: int


class DuplicateFact(Fact):
    """The same bytes were already processed under the same configuration, as document `duplicate_of`."""

    duplicate_of: str


class ReviewRequestedFact(Fact):
    """A person must look before the result is final. `confidence`: of the least certain value, 0..1."""

    document_type: str
    confidence: float
    reasons: tuple[Reason, ...]


class FinalizedFact(Fact):
    """The result is final, and stands at `result_url`. `corrections`: how many changes a person made."""

    document_type: str
    disposition: Literal["ACCEPT", "REJECT"]
    confidence: float
    reviewed: bool
    corrections: int
    pages: int
    result_container: str
    result_name: str
    result_url: str
    model_calls: int
    cost_usd: float


class CorrectedFact(Fact):
    """A person changed the final result, which stands at `result_url`. `revision`: 1 for a result's first correction.

    `fields`: the names of those changed this time, of a row its table's. `corrections`: how many changes people made
    in this result.
    """

    revision: int
    document_type: str
    disposition: Literal["ACCEPT", "REJECT"]
    confidence: float
    fields: tuple[str, ...]
    corrections: int
    result_container: str
    result_name: str
    result_url: str


class FailedFact(Fact):
    """The document cannot be processed. `reason.message` says what to do."""

    reason: Reason


class HeldFact(Fact):
    """The document waits for something outside the pipeline. `reason.message` says what to do."""

    reason: Reason


class ChildLink(Frozen):
    """A member that became a document of its own, with events of its own."""

    document_id: str
    name: str


class SkippedMember(Frozen):
    """A member that is not processed, and why."""

    name: str
    reason: Reason


class UnpackedFact(Fact):
    """The file holds files, and each is a document of its own now or is left out with a reason.

    `children` and `skipped` have the first hundred each, beside how many there are; the list at `result_url` has all.
    """

    children: tuple[ChildLink, ...]
    children_count: int
    skipped: tuple[SkippedMember, ...]
    skipped_count: int
    result_container: str
    result_name: str
    result_url: str


class DeletedFact(Fact):
    """Everything about the document is deleted: on demand, or because its retention time is over."""

    cause: Literal["requested", "retention"]


FACTS: dict[EventName, type[Fact]] = {
    "received": ReceivedFact,
    "duplicate": DuplicateFact,
    "review_requested": ReviewRequestedFact,
    "finalized": FinalizedFact,
    "corrected": CorrectedFact,
    "failed": FailedFact,
    "held": HeldFact,
    "unpacked": UnpackedFact,
    "deleted": DeletedFact,
}
"""The data of each event; docs/events/ publishes their JSON Schemas."""


class Event(Stored):
    """One fact about a Document. `id` is stable, so that a repeated delivery can be recognised."""

    id: str
    name: EventName
    source: str
    subject: str
    time: datetime
    data: dict[str, object]

    @property
    def type(self) -> str:
        """The CloudEvents type, with its version."""
        return f"dev.intray.document.{self.name}.v1"

    @property
    def dataschema(self) -> str:
        """The identifier of the JSON Schema of `data`; docs/events/ holds the schema itself."""
        return self.schema_id(self.name)

    @staticmethod
    def schema_id(name: str) -> str:
        """Return the identifier of the JSON Schema of the event `name`."""
        return f"https://intray.dev/events/{name}.v1.json"
