"""Report the outcome of a Run: its root span, metrics and a log event. Nothing here changes what is stored."""

from datetime import datetime
from typing import NamedTuple

from shared import telemetry
from shared.domain.documents.document import Document
from shared.domain.documents.run import OUTCOMES, Run, State
from shared.telemetry import metrics, traces

REVIEW = "review by a person"
"""The name of the span of the time that a Run waited for a person."""
_WITH_REASON = frozenset({State.FAILED, State.HELD})


class Transition(NamedTuple):
    """A Run before and after a transition that is stored."""

    document: Document
    before: Run
    after: Run

    @property
    def is_outcome(self) -> bool:
        """Whether the Run reached an outcome, or a person, by it; a correction of a final result is none."""
        return self.after.state in OUTCOMES | {State.IN_REVIEW} and self.before.state is not self.after.state

    @property
    def started(self) -> datetime:
        """When the Run began: the first one when its Document was received."""
        if self.after.number == 1:
            return self.document.received
        return self.after.started or self.before.updated  # a replay by an earlier version did not write it down


def report_outcome(transition: Transition) -> None:
    """Report that a Run reached an outcome, if it did."""
    if not transition.is_outcome:
        return
    document, before, run = transition
    reviewed = before.state is State.IN_REVIEW
    started = transition.started
    kind = {telemetry.STATE: str(run.state), telemetry.TYPE: run.document_type, telemetry.REVIEWED: reviewed}
    reason = run.reasons[0].code if run.reasons and run.state in _WITH_REASON else None
    labels = metrics.drop_unset(kind | {telemetry.DISPOSITION: run.disposition, telemetry.REASON: reason})
    age = (run.updated - started).total_seconds()
    metrics.DOCUMENTS.add(1, labels)
    metrics.DOCUMENT_AGE.record(age, metrics.drop_unset(kind))
    parent = {telemetry.PARENT: document.parent} if document.parent else {}
    attributes = labels | parent | {telemetry.COST: run.bill.cost_usd}
    if reviewed:
        traces.record_time(REVIEW, (run.document_id, run.number), before.updated, run.updated, attributes)
    else:
        traces.record_run((run.document_id, run.number), started, run.updated, attributes)
    ids: dict[str, str | int | float] = {telemetry.DOCUMENT_ID: run.document_id, telemetry.RUN: run.number}
    telemetry.report("document_outcome", {**ids, **attributes, telemetry.SECONDS: round(age, 3)})
