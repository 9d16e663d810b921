"""Reconcile: rows that stand on a page but in no answer are asked for again; what stays open is told, row by row.

A table whose rows add up to a sum that the document states is complete: by a rule of its type, or because the sum of
its amounts stands in a line that is no row. Of any other the pages are gone through once more: a row of lines with
numbers where the rows that were read have theirs, and that no row cites, was passed over; so was one with a code of the
form that the rows' codes have.
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
from shared.pipeline.answers.merging import merged_ranges, plain_values
from shared.pipeline.answers.page_choice import Answers
from shared.pipeline.context import Context
from shared.pipeline.models.questions import joined
from shared.pipeline.models.range_sizes import extraction_size
from shared.pipeline.store.artifacts import StoredPages
from shared.pipeline.validate.row_questions import RowQuestion, answer_in_parallel

LEARNED_FROM = 60
"""Rows that a table's shape is learned from."""
MOST_REQUESTS, ROUNDS = 40, 3
"""Requests for rows that were passed over, and how often it is asked for what is left: the rest goes to a person."""


@dataclass(frozen=True)
class Reconciled:
    """The answers of all ranges with the rows that were passed over, what stays open, and what asking cost."""

    answers: Answers
    findings: tuple[Finding, ...] = ()
    bill: Bill = Bill()


async def reconciled(
    context: Context, run: Run, kind: DocumentType, stored: StoredPages, answers: Answers
) -> Reconciled:
    """Complete the tables of `answers`, which hold the answer of each range in page order.

    Raises Retryable and Permanent of the model.
    """
    raw = merged_ranges(kind, [answer for _, answer in answers])
    doubtful = {name for finding in raw.findings if finding.rule == RANGES_DISAGREE for name in finding.fields}
    complete = adds_up(kind, plain_values(kind, raw), doubtful)  # one of the two may be the sum of a page
    done = Reconciled(answers)
    for spec in kind.fields:
        if spec.field_type == "table" and spec.name not in complete:
            done = await _completed(context, run, kind, stored, spec, done)
    return done


async def _completed(
    context: Context, run: Run, kind: DocumentType, stored: StoredPages, spec: FieldSpec, so_far: Reconciled
) -> Reconciled:
    rows = [row for _, answer in so_far.answers for row in answer.tables.get(spec.name, ())]
    shape = Shape.of(spec, [row async for row in _with_lines(stored, rows)])
    codes = RowCodes.of(spec, rows)
    spans = await _unread(stored, shape, codes, rows) if shape or codes else []
    if not spans or await _sum_is_stated(stored, spec, rows, spans[-1]):
        return so_far
    found, bill, left = list[RawRow](), so_far.bill, spans
    for _ in range(ROUNDS):
        more, cost = await _asked_again(context, run, kind, stored, spec, rows, left)
        found, bill = [*found, *more], bill.plus(cost)
        cited = {line for row in more for line in row.lines}
        left = [span for span in left if not any(span.holds(line) for line in cited)]
        if not left or not more:
            break
    answers = [(pages, _with_rows(answer, spec.name, pages, found)) for pages, answer in so_far.answers]
    answers += _of_other_pages(so_far.answers, spec.name, found)
    findings = (*so_far.findings, *([_missing(spec, left)] if left else []))
    return Reconciled(answers, findings, bill)


async def _with_lines(stored: StoredPages, rows: Sequence[RawRow]) -> AsyncIterator[ReadRow]:
    """Yield the first rows that cite lines, with these lines."""
    for row in [row for row in rows if row.lines][:LEARNED_FROM]:
        pages = await stored.load(sorted({line_place(line)[0] for line in row.lines}))
        lines: dict[str, Line] = {line.id: line for page in pages for line in page.lines}
        yield ReadRow(row, tuple(lines[line] for line in row.lines))


async def _unread(
    stored: StoredPages, shape: Shape | None, codes: Sequence[RowCodes], rows: Sequence[RawRow]
) -> list[Span]:
    """Return what looks like rows, or has a code like theirs, and is none of `rows`.

    By a shape that a sum may have too, only what is between them.
    """
    cited = {line for row in rows for line in row.lines}
    by_code: set[Span] = set()
    by_shape: set[Span] = set()
    async for page in stored.all():
        by_code.update(span for each in codes for span in each.unread(page, cited))
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


async def _asked_again(
    context: Context,
    run: Run,
    kind: DocumentType,
    stored: StoredPages,
    spec: FieldSpec,
    rows: Sequence[RawRow],
    spans: Sequence[Span],
) -> tuple[list[RawRow], Bill]:
    """Return the rows that models read in `spans`. The table's first page is shown with them: it has the headings."""
    first = min(_begins(row) for row in rows if row.lines)
    numbers = sorted({span.page for span in spans})
    questions = [
        RowQuestion(
            table=spec.name,
            pages=pages,
            only=joined([span for span in spans if span.page in pages]),
            heading=first if first not in pages else 0,
        )
        for pages in list(batched(numbers, extraction_size(context), strict=False))[:MOST_REQUESTS]
    ]
    found, bill = list[RawRow](), Bill()
    for answer, cost in await answer_in_parallel(context, run, kind, stored, questions):
        found += answer.tables.get(spec.name, ())
        bill = bill.plus(cost)
    return found, bill


def _with_rows(answer: RangeAnswer, name: str, pages: Sequence[int], found: Sequence[RawRow]) -> RangeAnswer:
    """Return the answer of a range with those rows that begin on its pages, where they stand."""
    more = [row for row in found if _begins(row) in pages]
    if not more:
        return answer
    rows = sorted([*_placed(answer.tables.get(name, ())), *_placed(more)], key=lambda one: one[0])
    return replace(answer, tables={**answer.tables, name: tuple(row for _, row in rows)})


def _of_other_pages(answers: Answers, name: str, found: Sequence[RawRow]) -> Answers:
    """Answers for those rows that begin on pages which no range has, because they were not chosen."""
    read = {number for pages, _ in answers for number in pages}
    others = [row for row in found if _begins(row) not in read]
    return [((page,), RangeAnswer(tables={name: tuple(rows)})) for page, rows in groupby(others, _begins)]


def _begins(row: RawRow) -> int:
    """Return the page of a row that cites lines."""
    return min(map(line_place, row.lines))[0]


def _placed(rows: Sequence[RawRow]) -> list[tuple[tuple[int, int], RawRow]]:
    """Return the rows with the place of their first line; one without lines stays behind the one before it."""
    placed, place = [], (0, 0)
    for row in rows:
        place = min(map(line_place, row.lines), default=place)
        placed.append((place, row))
    return placed


def _missing(spec: FieldSpec, spans: Sequence[Span]) -> Finding:
    places = [f"page {span.page} ({'-'.join(dict.fromkeys(span.ends))})" for span in spans[:MAX_FINDINGS_PER_RULE]]
    more = f" and {len(spans) - MAX_FINDINGS_PER_RULE} more" if len(spans) > MAX_FINDINGS_PER_RULE else ""
    text = (
        f"{spec.title}: what looks like a row was not read as one, though asked for again: {', '.join(places)}{more}."
    )
    return Finding(rule="rows_missing", severity="error", message=text, fields=(spec.name,))
