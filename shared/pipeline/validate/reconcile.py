"""Reconcile tables: ask again for rows that are on a page but in no answer, and report what stays open.

A table whose rows add up to a sum that the document states is complete: by a rule of its type, or because the sum of
its amounts stands in a line that is no row. The pages of any other table are searched again: lines that no row cites
were missed when they have numbers in the columns of the rows that were read, or a code like the codes of these rows.
"""

from collections.abc import AsyncIterator, Sequence
from copy import replace
from dataclasses import dataclass
from decimal import Decimal
from itertools import batched, groupby

from shared.document_types.rules.evaluate import adds_up
from shared.domain.base.finding import MAX_FINDINGS_PER_RULE, Finding
from shared.domain.documents.extraction import Scalar
from shared.domain.documents.run import Run
from shared.domain.judging.answers import RANGES_DISAGREE, RangeAnswer, RawRow
from shared.domain.judging.grounding.text_index import numbers
from shared.domain.judging.row_codes import RowCodes
from shared.domain.judging.row_shape import ReadRow, Shape
from shared.domain.models.model_call import Bill
from shared.domain.reading.page import Line, Span, line_place
from shared.domain.types.document_type import DocumentType, FieldSpec
from shared.domain.values.amounts import to_cents
from shared.pipeline.answers.merging import merge_ranges, plain_values
from shared.pipeline.answers.page_choice import Answers
from shared.pipeline.context import Context
from shared.pipeline.models.questions import join_spans
from shared.pipeline.models.range_sizes import extraction_size
from shared.pipeline.store.artifacts import StoredPages
from shared.pipeline.validate.row_questions import RowQuestion, answer_in_parallel

MAX_SAMPLE_ROWS = 60
"""Rows from which the shape of a table is learned."""
MAX_REQUESTS, MAX_ROUNDS = 40, 3
"""Requests for missed rows, and rounds of asking for those that are left: the rest goes to a person."""


@dataclass(frozen=True)
class ReconciledTables:
    """The answers of all ranges with the rows that were missed, findings on those still missing, and the cost."""

    answers: Answers
    findings: tuple[Finding, ...] = ()
    bill: Bill = Bill()


async def reconcile_tables(
    context: Context, run: Run, document_type: DocumentType, stored: StoredPages, answers: Answers
) -> ReconciledTables:
    """Complete the tables of `answers`, which hold the answer of each range in page order.

    Raises Retryable and Permanent of the model.
    """
    raw = merge_ranges(document_type, [answer for _, answer in answers])
    doubtful = {name for finding in raw.findings if finding.rule == RANGES_DISAGREE for name in finding.fields}
    complete = adds_up(
        document_type, plain_values(document_type, raw), doubtful
    )  # one of the two may be the sum of a page
    tables = ReconciledTables(answers)
    for spec in document_type.fields:
        if spec.field_type == "table" and spec.name not in complete:
            tables = await _complete_table(context, run, document_type, stored, spec, tables)
    return tables


async def _complete_table(
    context: Context,
    run: Run,
    document_type: DocumentType,
    stored: StoredPages,
    spec: FieldSpec,
    so_far: ReconciledTables,
) -> ReconciledTables:
    rows = [row for _, answer in so_far.answers for row in answer.tables.get(spec.name, ())]
    shape = Shape.of(spec, [row async for row in _with_lines(stored, rows)])
    codes = RowCodes.of(spec, rows)
    spans = await _find_unread_rows(stored, shape, codes, rows) if shape or codes else []
    if not spans or await _sum_is_stated(stored, spec, rows, spans[-1]):
        return so_far
    new_rows, bill, open_spans = list[RawRow](), so_far.bill, spans
    for _ in range(MAX_ROUNDS):
        rows_of_round, cost = await _ask_for_rows(context, run, document_type, stored, spec, rows, open_spans)
        new_rows, bill = [*new_rows, *rows_of_round], bill.plus(cost)
        cited = {line for row in rows_of_round for line in row.lines}
        open_spans = [span for span in open_spans if not any(span.holds(line) for line in cited)]
        if not open_spans or not rows_of_round:
            break
    answers = [(pages, _add_rows(answer, spec.name, pages, new_rows)) for pages, answer in so_far.answers]
    answers += _answers_of_other_pages(so_far.answers, spec.name, new_rows)
    findings = (*so_far.findings, *([_missing_rows_finding(spec, open_spans)] if open_spans else []))
    return ReconciledTables(answers, findings, bill)


async def _with_lines(stored: StoredPages, rows: Sequence[RawRow]) -> AsyncIterator[ReadRow]:
    """Yield the first rows that cite lines, with these lines."""
    for row in [row for row in rows if row.lines][:MAX_SAMPLE_ROWS]:
        pages = await stored.load(sorted({line_place(line)[0] for line in row.lines}))
        lines: dict[str, Line] = {line.id: line for page in pages for line in page.lines}
        yield ReadRow(row, tuple(lines[line] for line in row.lines))


async def _find_unread_rows(
    stored: StoredPages, shape: Shape | None, codes: Sequence[RowCodes], rows: Sequence[RawRow]
) -> list[Span]:
    """Return what looks like rows, or has a code like theirs, and is none of `rows`.

    By a shape that a sum may have too, only what is between them.
    """
    cited = {line for row in rows for line in row.lines}
    by_code: set[Span] = set()
    by_shape: set[Span] = set()
    async for page in stored.all():
        by_code.update(span for row_codes in codes for span in row_codes.unread(page, cited))
        by_shape.update(shape.unread(page, cited) if shape else ())
    if shape and not shape.sure:
        places = sorted(map(line_place, cited))
        by_shape = {span for span in by_shape if places[0] < (span.page, span.first) < places[-1]}
    return sorted(by_code | by_shape)


async def _sum_is_stated(stored: StoredPages, spec: FieldSpec, rows: Sequence[RawRow], last: Span) -> bool:
    """Return whether a line that is no row states the sum of a column of amounts, such as the sum before discounts.

    Behind the `last` of what looks like a row: a sum carried forward stands before those that it does not hold.
    """
    cited = {line for row in rows for line in row.lines}
    money = [column.name for column in spec.columns if column.field_type == "money"]
    columns = ([row.cells.get(name) for row in rows] for name in money)
    sums = {to_cents(sum(cells, Decimal())) for column in columns if (cells := _amounts(column))}
    async for page in stored.all(last.page):
        for line in page.lines:
            behind = line_place(line.id) > (last.page, last.last)
            if behind and line.id not in cited and not sums.isdisjoint(numbers(line.text)):
                return True
    return False


def _amounts(cells: Sequence[Scalar]) -> list[Decimal]:
    """Return the cells of a column, if all of them are amounts; else none."""
    amounts = [cell for cell in cells if isinstance(cell, Decimal)]
    return amounts if len(amounts) == len(cells) else []


async def _ask_for_rows(
    context: Context,
    run: Run,
    document_type: DocumentType,
    stored: StoredPages,
    spec: FieldSpec,
    rows: Sequence[RawRow],
    spans: Sequence[Span],
) -> tuple[list[RawRow], Bill]:
    """Return the rows that models read in `spans`. The table's first page is shown with them: it has the headings."""
    first = min(_first_page(row) for row in rows if row.lines)
    numbers = sorted({span.page for span in spans})
    questions = [
        RowQuestion(
            table=spec.name,
            pages=pages,
            only=join_spans([span for span in spans if span.page in pages]),
            heading=first if first not in pages else 0,
        )
        for pages in list(batched(numbers, extraction_size(context), strict=False))[:MAX_REQUESTS]
    ]
    new_rows, bill = list[RawRow](), Bill()
    for answer, cost in await answer_in_parallel(context, run, document_type, stored, questions):
        new_rows += answer.tables.get(spec.name, ())
        bill = bill.plus(cost)
    return new_rows, bill


def _add_rows(answer: RangeAnswer, name: str, pages: Sequence[int], new_rows: Sequence[RawRow]) -> RangeAnswer:
    """Return the answer of a range with those rows that begin on its pages, where they stand."""
    own_rows = [row for row in new_rows if _first_page(row) in pages]
    if not own_rows:
        return answer
    rows = sorted(
        [*_rows_with_places(answer.tables.get(name, ())), *_rows_with_places(own_rows)], key=lambda entry: entry[0]
    )
    return replace(answer, tables={**answer.tables, name: tuple(row for _, row in rows)})


def _answers_of_other_pages(answers: Answers, name: str, new_rows: Sequence[RawRow]) -> Answers:
    """Answers for those rows that begin on pages which no range has, because they were not chosen."""
    read = {number for pages, _ in answers for number in pages}
    rows_elsewhere = [row for row in new_rows if _first_page(row) not in read]
    return [((page,), RangeAnswer(tables={name: tuple(rows)})) for page, rows in groupby(rows_elsewhere, _first_page)]


def _first_page(row: RawRow) -> int:
    """Return the page of a row that cites lines."""
    return min(map(line_place, row.lines))[0]


def _rows_with_places(rows: Sequence[RawRow]) -> list[tuple[tuple[int, int], RawRow]]:
    """Return the rows with the place of their first line; one without lines stays behind the one before it."""
    placed, place = [], (0, 0)
    for row in rows:
        place = min(map(line_place, row.lines), default=place)
        placed.append((place, row))
    return placed


def _missing_rows_finding(spec: FieldSpec, spans: Sequence[Span]) -> Finding:
    places = [f"page {span.page} ({'-'.join(dict.fromkeys(span.ends))})" for span in spans[:MAX_FINDINGS_PER_RULE]]
    more = f" and {len(spans) - MAX_FINDINGS_PER_RULE} more" if len(spans) > MAX_FINDINGS_PER_RULE else ""
    text = (
        f"{spec.title}: what looks like a row was not read as one, though asked for again: {', '.join(places)}{more}."
    )
    return Finding(rule="rows_missing", severity="error", message=text, fields=(spec.name,))
