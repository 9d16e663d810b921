"""What a process remembers of the finished page ranges of a Run, so that no step reads all their receipts again."""

from typing import NamedTuple

from shared.domain.documents.run import Run
from shared.domain.models.model_call import Bill

MAX_REMEMBERED_RUNS = 100
"""Runs that are remembered; of one more, the receipts are read again."""


class FinishedRanges(NamedTuple):
    """The first ranges of a Run, as far as none of them is open: receipts stay as they are, so these are final.

    `key` and `version`: the row of the last one's receipt, by which its Run is known again; empty: there is none.
    """

    ranges: int = 0
    bill: Bill = Bill()
    key: str = ""
    version: str = ""


class FinishedRangesByRun:
    """The finished ranges of the Runs that a process worked on last."""

    def __init__(self) -> None:
        self._ranges: dict[tuple[str, int], FinishedRanges] = {}

    def get(self, run: Run) -> FinishedRanges:
        """Return what is remembered of the ranges of a Run."""
        return self._ranges.get((run.document_id, run.number), FinishedRanges())

    def keep(self, run: Run, finished: FinishedRanges) -> None:
        """Remember the finished ranges of a Run, and forget those of the one that was used longest ago."""
        name = (run.document_id, run.number)
        self._ranges.pop(name, None)
        self._ranges[name] = finished
        if len(self._ranges) > MAX_REMEMBERED_RUNS:
            del self._ranges[next(iter(self._ranges))]
