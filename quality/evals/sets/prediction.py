"""What the pipeline made of a document, as the scorers see it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from quality.evals.sets.labelled import ITEM
from shared.domain.documents.extraction import Scalar, Signals


@dataclass(frozen=True)
class PredictedRow:
    """A row of a table: its cells by column, how sure the pipeline is of it (0..1), and why."""

    cells: Mapping[str, Scalar]
    confidence: float | None = None
    signals: Signals | None = None


@dataclass(frozen=True)
class PredictedField:
    """A value (None: nothing was found) or the rows of a table, how sure the pipeline is (0..1), and why.

    `texts`: what stands in each box of its evidence, read without the pipeline; None: nobody looked.
    """

    value: Scalar = None
    confidence: float | None = None
    signals: Signals | None = None
    rows: tuple[PredictedRow, ...] | None = None
    texts: tuple[str, ...] | None = None

    @property
    def content(self) -> Any:  # noqa: ANN401 - JSON
        """The value, or the rows as plain objects; of a list of single values the values."""
        if self.rows is None:
            return self.value
        return [row.cells[ITEM] if row.cells.keys() == {ITEM} else dict(row.cells) for row in self.rows]


@dataclass(frozen=True)
class Prediction:
    """One document's outcome.

    `state` is the Run's, `document_type` what it was taken for, `reasons` the codes of why a person must look or why it
    failed; `seconds` from receipt to outcome, `cost` in dollars at list prices.
    """

    file: str
    state: str
    document_type: str | None = None
    disposition: str | None = None
    reasons: tuple[str, ...] = ()
    fields: Mapping[str, PredictedField] = field(default_factory=dict)
    pages: int = 0
    seconds: float = 0.0
    model_calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: float = 0.0

    def line(self) -> dict[str, Any]:
        """Its line in `predictions.jsonl`."""
        fields = {
            name: {"value": found.content, "confidence": found.confidence}
            for name, found in self.fields.items()
            if found.content not in (None, [])
        }
        return {
            "file": self.file,
            "document_type": self.document_type,
            "fields": fields,
            "disposition": self.disposition,
        }
