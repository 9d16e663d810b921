"""Questions of extraction: what a model is asked to read, and how a truncated answer is continued."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from shared.domain.base.finding import Finding
from shared.domain.documents.run import Run
from shared.domain.judging.answers import RangeAnswer, RawRow, merge_answers
from shared.domain.models.model_call import Bill
from shared.domain.reading.page import Page, Span, line_place
from shared.domain.reading.quoting import side_by_side, span_of
from shared.domain.types.document_type import DocumentType, FieldSpec
from shared.pipeline.models.answers import TruncatedAnswer, parse_partial_answer, range_answer
from shared.pipeline.models.fallback import ask_with_fallback
from shared.pipeline.models.gateway.context import ModelContext
from shared.pipeline.models.prompting.prompts import extract_call
from shared.pipeline.models.prompting.schema import group_fields
from shared.pipeline.store import artifacts

MAX_CONTINUATIONS = 24
"""How often one table is continued: a model that still reaches its output limit is not answering the question."""


@dataclass(frozen=True)
class Question:
    """Some fields of some pages. `only`: of a table just the rows that begin in these lines, all else is context.

    `heading`: a page that is shown before them for the headings of its table. `continuations`: how often the table was
    continued.
    """

    specs: Sequence[FieldSpec]
    pages: Sequence[Page]
    only: tuple[Span, ...] = ()
    heading: Page | None = None
    continuations: int = 0

    @property
    def shown_pages(self) -> list[Page]:
        """All pages that are quoted."""
        return [*([self.heading] if self.heading else []), *self.pages]

    def continue_after(self, cut: TruncatedAnswer) -> tuple[RangeAnswer, tuple["Question", ...]]:
        """Return what can be used of a truncated answer, and the questions that remain; none: it cannot be continued.

        An answer that was truncated in a table is continued after the table's last row. Otherwise the pages are
        halved, then the fields.
        """
        partial = parse_partial_answer(self.specs, cut.text) if self.continuations < MAX_CONTINUATIONS else None
        if partial is None:
            return RangeAnswer(), self._halves()
        answer = range_answer(partial.specs, partial.body, self.shown_pages, self.only)
        unread = [spec for spec in self.specs if spec not in partial.specs]
        questions = [replace(self, specs=unread)] if unread else []
        if partial.open_table:
            next_question = self._question_behind(partial.open_table, answer.tables[partial.open_table.name])
            if next_question is None:
                return RangeAnswer(), self._halves()
            questions = [*([next_question] if next_question.only else []), *questions]
        return answer, tuple(questions)

    def _halves(self) -> tuple["Question", ...]:
        middle = len(self.pages) // 2
        if middle and not self.only:
            return replace(self, pages=self.pages[:middle]), replace(self, pages=self.pages[middle:])
        middle = len(self.specs) // 2
        if middle:
            return replace(self, specs=self.specs[:middle]), replace(self, specs=self.specs[middle:])
        return ()

    def _question_behind(self, table: FieldSpec, rows: Sequence[RawRow]) -> "Question | None":
        """Return the question for what is behind these rows of the table; None when none of them says where it stands.

        The first page stays quoted for its headings when none of its rows are left.
        """
        last = max((min(map(line_place, row.lines)) for row in rows if row.lines), default=None)
        if last is None:
            return None
        left = [
            span
            for page in self.pages
            for row in side_by_side(page.lines)
            if last < (page.number, (span := span_of(row)).first) and (not self.only or _begins_in_any(span, self.only))
        ]
        pages = [page for page in self.pages if any(span.page == page.number for span in left)]
        heading = self.heading or (self.pages[0] if self.pages[0] not in pages else None)
        return replace(
            self,
            specs=(table,),
            pages=pages,
            only=join_spans(left),
            heading=heading,
            continuations=self.continuations + 1,
        )


def join_spans(spans: Sequence[Span]) -> tuple[Span, ...]:
    """Return the spans in order, with those that follow each other on a page as one."""
    joined_spans: list[Span] = []
    for span in sorted(spans):
        if joined_spans and joined_spans[-1].page == span.page and joined_spans[-1].last + 1 >= span.first:
            joined_spans[-1] = joined_spans[-1]._replace(last=max(joined_spans[-1].last, span.last))
        else:
            joined_spans.append(span)
    return tuple(joined_spans)


async def read_pages(
    context: ModelContext,
    run: Run,
    document_type: DocumentType,
    pages: Sequence[Page],
    heading: Page | None,
    payer: str,
) -> tuple[RangeAnswer, Bill]:
    """Return what models read from `pages`: a question for each group of fields, because one schema takes only so many.

    `heading`: an earlier page that has the headings of a table which goes on here.
    """
    only = tuple(span_of(page.lines) for page in pages) if heading else ()
    return await _answer_all(
        context,
        run,
        document_type,
        [Question(specs, pages, only, heading) for specs in group_fields(document_type)],
        payer,
    )


async def answer_question(
    context: ModelContext, run: Run, document_type: DocumentType, question: Question, payer: str
) -> tuple[RangeAnswer, Bill]:
    """Return the answer of a model and its cost. Truncated answers are continued."""
    images = await load_pictures(context, run, question.pages)
    call = extract_call(context, document_type, question.specs, question.shown_pages, images, question.only)
    body, bill = await ask_with_fallback(context, call, "vision", payer)
    if not isinstance(body, Finding):
        return range_answer(question.specs, body, question.shown_pages, question.only), bill
    partial, questions = question.continue_after(body) if isinstance(body, TruncatedAnswer) else (RangeAnswer(), ())
    if not questions and not partial.fields and not partial.tables:
        return RangeAnswer(findings=(_unanswered_finding(question, body),)), bill
    rest, cost = await _answer_all(context, run, document_type, questions, payer)
    return merge_answers(document_type, [partial, rest]), bill.plus(cost)


async def load_pictures(context: ModelContext, run: Run, pages: Sequence[Page]) -> list[tuple[int, bytes]]:
    """Return the numbers and pictures of those pages that have one, if the model takes any."""
    if not context.gateway.catalogue.for_task("vision").images:
        return []
    loaded = [
        (page.number, await artifacts.load_picture(context, run, page.number)) for page in pages if page.has_image
    ]
    return [(number, data) for number, data in loaded if data is not None]


async def _answer_all(
    context: ModelContext, run: Run, document_type: DocumentType, questions: Sequence[Question], payer: str
) -> tuple[RangeAnswer, Bill]:
    answers, bill = [], Bill()
    for question in questions:
        answer, cost = await answer_question(context, run, document_type, question, payer)
        answers.append(answer)
        bill = bill.plus(cost)
    return merge_answers(document_type, answers), bill


def _unanswered_finding(question: Question, why: Finding) -> Finding:
    pages = question.pages
    where = f" (pages {pages[0].number} to {pages[-1].number})"
    names = tuple(spec.name for spec in question.specs)
    return Finding(rule=why.rule, severity=why.severity, message=why.message + where, fields=names)


def _begins_in_any(span: Span, only: Sequence[Span]) -> bool:
    return any(
        span.page == other_span.page and other_span.first <= span.first <= other_span.last for other_span in only
    )
