"""Values, the places they were read from, and how sure we are of them."""

from typing import Any, Literal

from pydantic import SerializerFunctionWrapHandler, model_serializer

from shared.domain.base.finding import Finding
from shared.domain.base.stored import Stored
from shared.domain.reading.page import Box, TextKind
from shared.domain.values.amounts import Amount

Scalar = str | Amount | bool | None
EvidenceKind = TextKind | Literal["embedded_xml"]
"""What a value was read from: a text on a page, or the e-invoice that the file carries."""


class Evidence(Stored):
    """A place on a page: the cited lines, the boxes of the value's words in page units, the text of the lines.

    `kind` is that of the line which states the value, so that what was typed into a form is told from what was printed.
    `embedded_xml` stands on no page; its text names the business term.
    """

    page: int | None
    lines: tuple[str, ...]
    boxes: tuple[Box, ...]
    text: str
    kind: EvidenceKind = "text"


ReadingSource = Literal["e_invoice", "model"]
"""Who read a second time: the e-invoice in the file states it as data, or another model deployment read the pages."""


class SecondValue(Stored):
    """What a second reading gives for a value, and whether they agree (None: one text holds the other)."""

    value: Scalar
    agrees: bool | None
    reader: ReadingSource = "e_invoice"


VerdictKind = Literal["supported", "contradicted", "missing"]


class Verdict(Stored):
    """What the reasoning model says of a value, and why. `evidence`: the line that decides it, where it named one."""

    verdict: VerdictKind
    reason: str = ""
    evidence: tuple[Evidence, ...] = ()


class Signals(Stored):
    """What speaks for a value, each independent of log-probabilities, each 0..1 (None: no such signal).

    grounded: the value stands in the cited lines after normalising. ocr: least certainty of its words.
    parsed: reads as its kind. rules: 0 when a rule that touches it fails as an error, 1 when one holds.
    verdict: the reasoning model's: supported 1, contradicted 0. labelled: a known label stands beside it.
    second: an independent second reading agrees 1, differs 0.
    """

    grounded: float
    ocr: float
    parsed: float
    rules: float | None = None
    verdict: float | None = None
    labelled: float | None = None
    second: float | None = None


class FieldValue(Stored):
    """A value with its Evidence and, after deciding, its Confidence (probability that it is right)."""

    value: Scalar = None
    evidence: tuple[Evidence, ...] = ()
    signals: Signals | None = None
    confidence: float | None = None
    second: SecondValue | None = None
    verdict: Verdict | None = None


class Row(Stored):
    """A row of a table: its cells by column, and the place it was read from.

    `id`: how a correction addresses it. Artefacts do not hold it, because it follows from the row's place and the
    corrections so far (row_ids); the API shows it.
    """

    id: str = ""
    cells: dict[str, Scalar]
    evidence: tuple[Evidence, ...] = ()
    signals: Signals | None = None
    confidence: float | None = None
    second: dict[str, SecondValue] = {}

    @model_serializer(mode="wrap")
    def _without_empty_id(self, serialize: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave out an empty id, which workers of earlier versions do not know."""
        row: dict[str, Any] = serialize(self)
        return row if self.id else {name: value for name, value in row.items() if name != "id"}


class Extraction(Stored):
    """What was read off a Document: single values and tables by field name, and what was found about them."""

    fields: dict[str, FieldValue]
    tables: dict[str, tuple[Row, ...]] = {}
    findings: tuple[Finding, ...] = ()

    def values(self) -> dict[str, object]:
        """Plain values by field name; a table is a list of dicts."""
        plain: dict[str, object] = {name: field.value for name, field in self.fields.items()}
        plain.update({name: [dict(row.cells) for row in rows] for name, rows in self.tables.items()})
        return plain
