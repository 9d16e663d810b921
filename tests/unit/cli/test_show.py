"""What `intray show` prints of a document."""

from datetime import UTC, datetime
from io import StringIO

from rich.console import Console

from cli.output.show import print_document
from shared.domain.documents.document import Document
from shared.domain.documents.extraction import Row, Verdict, VerdictKind
from shared.domain.documents.result import Result, ResultField, ResultPage
from shared.domain.documents.run import Run, State
from shared.domain.models.model_call import Bill
from shared.pipeline.operations.status import DocumentDetail

NOW = datetime(2026, 3, 1, tzinfo=UTC)
DOCUMENT = Document(id="d0", container="incoming", name="contract/a.pdf", etag="1", size=9, uploaded=NOW, received=NOW)
RUN = Run(document_id="d0", updated=NOW, state=State.IN_REVIEW, pages=3, disposition="REVIEW")


def shown(extracted: tuple[int, ...], **fields: Verdict | ResultField) -> str:
    """What is printed of a document of three pages with these fields, or these verdicts on them."""
    pages = tuple(
        ResultPage(
            number=number, width=1, height=1, unit="pt", source="text", extracted=number in extracted, problem=None
        )
        for number in (1, 2, 3)
    )
    result = Result(
        document_id="d0", run=1, container="incoming", name="a.pdf", etag="1", content_hash=None, document_type="c",
        configuration="c", disposition="REVIEW", reasons=(), findings=(), bill=Bill(), received=NOW, finished=NOW,
        fields={
            name: field if isinstance(field, ResultField) else ResultField(value="x", verdict=field)
            for name, field in fields.items()
        },
        pages=pages,
    )  # fmt: skip
    out = StringIO()
    detail = DocumentDetail(document=DOCUMENT, run=RUN, result=result, events=(), refused={})
    print_document(Console(file=out, width=200), detail)
    return out.getvalue()


def verdict(kind: VerdictKind, reason: str = "") -> Verdict:
    return Verdict(verdict=kind, reason=reason)


def test_what_the_checking_model_doubts_is_told_with_its_reason() -> None:
    """A reviewer sees why; what it supports needs no line, and its words steer no terminal."""
    text = shown((1, 2, 3), law=verdict("contradicted", "page 2 says\x1b[31m Malta"), title=verdict("supported"))
    assert "checked: law is contradicted: page 2 says" in text
    assert "\x1b[31m" not in text
    assert "checked: title" not in text


def test_rows_are_shown_with_the_ids_that_corrections_address() -> None:
    """What a person types after `intray correct` stands on the screen."""
    rows = (Row(id="r1", cells={"what": "Apples"}), Row(id="r3", cells={"what": "Plums"}))
    field = ResultField(value=[dict(row.cells) for row in rows], rows=rows)
    lines = [line.split() for line in shown((1, 2, 3), rows=field).splitlines()]
    assert ["r1", "what", "Apples"] in lines
    assert ["r3", "what", "Plums"] in lines


def test_pages_that_no_model_looked_at_are_counted() -> None:
    """Where all were, nothing needs to be said."""
    assert "3, values looked for on 2" in shown((1, 3))
    assert "looked for" not in shown((1, 2, 3))
