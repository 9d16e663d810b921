"""The result document: what downstream systems read from the results container. docs/results.md describes it."""

from datetime import datetime

from shared.domain.base.finding import Finding
from shared.domain.base.stored import Stored
from shared.domain.documents.document import Document
from shared.domain.documents.extraction import Evidence, Extraction, Row, Scalar, SecondValue, Verdict
from shared.domain.documents.review import Correction
from shared.domain.documents.run import Disposition, Reason, Run, State
from shared.domain.documents.unpacking import Member
from shared.domain.models.model_call import Bill
from shared.domain.reading.page_range import PageRange

Value = Scalar | list[dict[str, Scalar]]


class ResultField(Stored):
    """A field: its value (a table: its rows as objects), confidence 0..1 (None: no value), and where it was read.

    `second`: what the e-invoice in the file says; a table's rows have it by cell. `verdict`: what the reasoning model
    says of it, where it was asked.
    """

    value: Value = None
    confidence: float | None = None
    evidence: tuple[Evidence, ...] = ()
    rows: tuple[Row, ...] = ()
    second: SecondValue | None = None
    verdict: Verdict | None = None


class ResultPage(Stored):
    """A page's number, its size in page units, how it was read, and whether a picture of it is kept.

    `extracted`: whether models looked on it for values; not, where the type asks for the relevant pages alone.
    """

    number: int
    width: float
    height: float
    unit: str
    source: str
    has_image: bool = False
    extracted: bool = True
    problem: str | None


class Result(Stored):
    """Everything a Run made of a Document.

    `revision`: how often a person corrected it since it was final. `members`: the files attached to it, which are
    Documents of their own. `part`: which pages of its file it is, when that is a stack of documents.
    """

    schema_version: int = 1
    revision: int = 0
    document_id: str
    run: int
    container: str
    name: str
    etag: str
    content_hash: str | None
    document_type: str
    type_version: str = ""
    configuration: str
    disposition: Disposition
    reasons: tuple[Reason, ...]
    fields: dict[str, ResultField]
    findings: tuple[Finding, ...]
    pages: tuple[ResultPage, ...]
    bill: Bill
    received: datetime
    finished: datetime
    corrections: tuple[Correction, ...] = ()
    parent: str | None = None
    members: tuple[Member, ...] = ()
    part: PageRange | None = None

    @property
    def confidence(self) -> float:
        """The confidence of the least certain value; 0 when there is none."""
        return min((field.confidence for field in self.fields.values() if field.confidence is not None), default=0.0)


def result_fields(extraction: Extraction) -> dict[str, ResultField]:
    """Return the fields of an Extraction with its confidences; a table is as certain as its least certain row."""
    fields = {
        name: ResultField.model_validate(field, from_attributes=True) for name, field in extraction.fields.items()
    }
    for name, rows in extraction.tables.items():
        fields[name] = ResultField(
            value=[dict(row.cells) for row in rows],
            confidence=min((row.confidence for row in rows if row.confidence is not None), default=None),
            evidence=tuple(place for row in rows for place in row.evidence),
            rows=rows,
        )
    return fields


def draft(
    document: Document,
    run: Run,
    extraction: Extraction,
    pages: tuple[ResultPage, ...],
    members: tuple[Member, ...],
    now: datetime,
) -> Result:
    """Return the Result of a Run as the pipeline leaves it; `run` carries the disposition and its reasons."""
    return Result(
        document_id=document.id,
        run=run.number,
        container=document.container,
        name=document.name,
        etag=document.etag,
        content_hash=run.content_hash,
        document_type=run.document_type or "",
        type_version=run.type_version,
        configuration=run.configuration,
        disposition=run.disposition or "REVIEW",
        reasons=run.reasons,
        fields=result_fields(extraction),
        findings=extraction.findings,
        pages=pages,
        bill=run.bill,
        received=document.received,
        finished=now,
        parent=document.parent,
        members=members,
        part=document.pages,
    )


def result_name(run: Run) -> str:
    """Return the blob name of what a Run ended with: its final result, or the list of what it held.

    A later Run of the same type replaces it.
    """
    if run.state is State.UNPACKED:
        return manifest_name(run.document_id)
    return f"{run.document_type}/{run.document_id}.json"


def manifest_name(document_id: str) -> str:
    """Return the blob name of the list of what a Document held."""
    return f"unpacked/{document_id}.json"


class Survey(Stored):
    """Every page of a Run, without its text."""

    pages: tuple[ResultPage, ...]
