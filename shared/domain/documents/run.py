"""A Run: one execution of a Document under one configuration, and the only place that knows its legal transitions."""

from copy import replace
from datetime import datetime
from enum import StrEnum
from typing import Literal, TypedDict, Unpack

from pydantic import ConfigDict, Field

from shared.domain.base.stored import Stored
from shared.domain.models.model_call import Bill

Disposition = Literal["ACCEPT", "REVIEW", "REJECT"]


class State(StrEnum):
    """Where a Run is. docs/state-machine.md draws it."""

    RECEIVED = "received"
    READING = "reading"
    EXTRACTING = "extracting"
    VALIDATING = "validating"
    DECIDING = "deciding"
    IN_REVIEW = "in_review"
    FINALIZED = "finalized"
    FAILED = "failed"
    HELD = "held"
    DUPLICATE = "duplicate"
    UNPACKED = "unpacked"
    DELETED = "deleted"


OUTCOMES = frozenset({State.FINALIZED, State.FAILED, State.HELD, State.DUPLICATE, State.UNPACKED})
"""States in which a Run has ended; a final result can still be corrected, and everything can be forgotten."""
_STOPS = frozenset({State.FAILED, State.HELD})
TRANSITIONS: dict[State, frozenset[State]] = {
    State.RECEIVED: frozenset({State.READING, State.DUPLICATE, State.UNPACKED}) | _STOPS,
    State.READING: frozenset({State.EXTRACTING}) | _STOPS,
    State.EXTRACTING: frozenset({State.VALIDATING, State.UNPACKED}) | _STOPS,
    State.VALIDATING: frozenset({State.DECIDING}) | _STOPS,
    State.DECIDING: frozenset({State.FINALIZED, State.IN_REVIEW}) | _STOPS,
    State.IN_REVIEW: frozenset({State.FINALIZED, State.FAILED, State.DELETED}),
    **{state: frozenset({State.DELETED}) for state in OUTCOMES},
    State.FINALIZED: frozenset({State.FINALIZED, State.DELETED}),
    State.DELETED: frozenset(),
}
"""Every legal transition; nothing else may happen."""


class Reason(Stored):
    """Why a Run ended or needs a person: a stable code and a sentence that says what to do."""

    code: str
    message: str


class Run(Stored):
    """The mutable side of a Document, replaced as a whole by each transition.

    `type_version`: of the document type as this Run knows it, whatever becomes of the type meanwhile.
    `final_artifact`: the artefact that holds the Result it ended with; `revision`: how often a person corrected it.
    `forced`: run although equal content was processed before. `encrypted`: the file opens only with a password.
    `page_group`: pages that are kept together (see artefacts). `members`: entries of a file that holds files;
    `children`: those that became Documents. `range_size` (pages) and `tasks_left` are the open fan-out of the state;
    both 0: its first step has yet to run. `selected_pages`: how many pages extraction reads, when these are not all.
    `started`: when a replay began; the first Run began when its Document was received.
    `heading_page`: the page with the headings of a table that may go on over others; 0: none.
    Rows keep the keys of earlier versions: `chosen`, `heading`, `final`.
    """

    model_config = ConfigDict(validate_by_name=True, serialize_by_alias=True)

    document_id: str
    number: int = 1
    forced: bool = False
    state: State = State.RECEIVED
    updated: datetime
    configuration: str = ""
    document_type: str | None = None
    type_version: str = ""
    content_hash: str | None = None
    media_type: str | None = None
    encrypted: bool = False
    pages: int = 0
    page_group: int = 0
    members: int = 0
    children: int = 0
    range_size: int = 0
    tasks_left: int = 0
    selected_pages: int = Field(0, alias="chosen")
    heading_page: int = Field(0, alias="heading")
    sequence: int = 0
    bill: Bill = Bill()
    disposition: Disposition | None = None
    reasons: tuple[Reason, ...] = ()
    duplicate_of: str | None = None
    final_artifact: str | None = Field(None, alias="final")
    revision: int = 0
    started: datetime | None = None
    finished: datetime | None = None

    @property
    def pages_to_extract(self) -> int:
        """Pages that the fan-out of extraction goes over."""
        return self.selected_pages or self.pages

    @property
    def is_settled(self) -> bool:
        """Whether nothing moves this Run on by itself: it ended, or it waits for a person."""
        return self.state is State.IN_REVIEW or self.has_ended

    @property
    def has_ended(self) -> bool:
        """Whether the Run has its outcome, or had it and was forgotten."""
        return self.state in OUTCOMES or self.state is State.DELETED


class IllegalTransition(Exception):
    """A step tried a transition that the state machine does not have."""


class RunChanges(TypedDict, total=False):
    """The fields of a Run that a state change may set beside its state: mypy checks names and types of each call."""

    forced: bool
    configuration: str
    document_type: str | None
    type_version: str
    content_hash: str | None
    media_type: str | None
    encrypted: bool
    pages: int
    page_group: int
    members: int
    children: int
    range_size: int
    tasks_left: int
    selected_pages: int
    heading_page: int
    bill: Bill
    disposition: Disposition | None
    reasons: tuple[Reason, ...]
    duplicate_of: str | None
    final_artifact: str | None
    revision: int


def advance(run: Run, to: State, now: datetime, **changes: Unpack[RunChanges]) -> Run:
    """Return the Run in state `to`, with `changes` of its other fields; raises IllegalTransition."""
    if to not in TRANSITIONS[run.state]:
        message = f"{run.state} -> {to}"
        raise IllegalTransition(message)
    finished = now if to in OUTCOMES and run.finished is None else run.finished
    return replace(amend(run, now, **changes), state=to, finished=finished)


def amend(run: Run, now: datetime, **changes: Unpack[RunChanges]) -> Run:
    """Return the Run in its state, with `changes`; each change has its own `sequence` number.

    Raises TypeError for a field that a Run does not have or that only a transition may set, ValidationError (a
    ValueError) for a value of the wrong type.
    """
    if reserved := changes.keys() - RunChanges.__annotations__.keys():
        message = f"a change of a Run cannot set {', '.join(sorted(reserved))}"
        raise TypeError(message)
    return replace(run, **changes, updated=now, sequence=run.sequence + 1)
