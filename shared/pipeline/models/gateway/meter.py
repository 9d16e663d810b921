"""Limit the model calls of a Run, and bill each request of a step once."""

from dataclasses import dataclass, field

from shared.domain.base.errors import IntrayError
from shared.domain.documents.run import Run
from shared.domain.models.model_call import Bill
from shared.pipeline.store.rows.keys import DOCUMENTS
from shared.ports.records import Put, Records

MAX_EXHAUSTED_ANSWERS = 3
"""Answers of a Run that may come back empty because the model spent its output limit on reasoning."""


class LimitReached(IntrayError):
    """A Run may not ask a model again: `rule` is the rule of the finding that says so."""

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(message)
        self.rule = rule


@dataclass
class Meter:
    """What a Run has spent, as far as one of its steps knows, and its limits.

    `spent_before`: what finished steps cost when this one began; `spent`: the Run's bill and what this step adds to
    it. Concurrent steps do not see each other's. `billed`: the requests on the step's own bill, so that none is billed
    twice.
    """

    records: Records
    run: Run
    max_calls: int
    max_cost: float
    spent_before: Bill
    spent: Bill
    exhausted: int = 0
    billed: set[str] = field(default_factory=set)

    def check(self) -> None:
        """Raise LimitReached when the Run may not ask a model again."""
        if self.exhausted >= MAX_EXHAUSTED_ANSWERS:
            raise LimitReached(
                "output_exhausted",
                f"The model spent its output limit on reasoning {self.exhausted} times without an answer and was not "
                "asked further: raise INTRAY_MAX_OUTPUT_TOKENS, or choose a deployment that reasons less.",
            )
        if max(self.spent.calls, self.spent_before.calls) >= self.max_calls:
            raise LimitReached(
                "max_document_calls",
                f"The document reached its limit of {self.max_calls} model calls and no model was asked further: see "
                "INTRAY_MAX_DOCUMENT_CALLS.",
            )
        if max(self.spent.cost_usd, self.spent_before.cost_usd) >= self.max_cost:
            raise LimitReached(
                "max_document_cost",
                f"The document reached its limit of ${self.max_cost:.2f} for model calls and no model was asked "
                "further: see INTRAY_MAX_DOCUMENT_COST.",
            )

    def add(self, request: str, bill: Bill) -> Bill:
        """Return the bill of an answer, or that of a reused one when it is on the step's bill already."""
        if bill.calls and request in self.billed:
            return Bill(reused=1)
        self.billed.add(request)
        self.spent = self.spent.plus(bill)
        return bill

    async def note_exhausted(self, request: str) -> None:
        """Record that the answer to a request came back empty, for this step and for the Run's others."""
        key = f"{_prefix(self.run)}{request[:32]}"
        await self.records.commit(DOCUMENTS, self.run.document_id, [Put(key, "{}")])
        await self.count_exhausted()

    async def count_exhausted(self) -> None:
        """Count the empty answers that the Run's steps have recorded."""
        rows = self.records.partition(DOCUMENTS, self.run.document_id, _prefix(self.run))
        self.exhausted = len([row async for row in rows])


def _prefix(run: Run) -> str:
    return f"exhausted-{run.number:04d}-"
