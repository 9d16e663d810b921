"""Questions of extraction: what a model is asked to read, and what is asked next when its answer was cut off."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from shared.domain.base.finding import Finding
from shared.domain.documents.run import Run
from shared.domain.judging.answers import RangeAnswer, RawRow, merge_answers
from shared.domain.models.model_call import Bill
from shared.domain.reading.page import Page, Span, line_place
from shared.domain.reading.quoting import side_by_side, span_of
from shared.domain.types.document_type import DocumentType, FieldSpec
from shared.pipeline.models.answers import CutOff, begun, range_answer
from shared.pipeline.models.fallback import asked
from shared.pipeline.models.gateway.context import ModelContext
from shared.pipeline.models.prompting.prompts import extract_call
from shared.pipeline.models.prompting.schema import groups
from shared.pipeline.store import artifacts

MOST_TURNS = 24
"""How often one table is gone on with: a model that still runs into its limit is not answering the question."""


@dataclass(frozen=True)
class Question:
    """Some fields of some pages. `only`: of a table just the rows that begin in these lines, all else is context.

    `heading`: a page that is shown before them for the headings of its table. `turn`: how often its table was gone on
    with.
    """

    specs: Sequence[FieldSpec]
    pages: Sequence[Page]
    only: tuple[Span, ...] = ()
    heading: Page | None = None
    turn: int = 0

    @property
    def shown(self) -> list[Page]:
        """All pages that are quoted."""
        return [*([self.heading] if self.heading else []), *self.pages]

    def rest(self, cut: CutOff) -> tuple[RangeAnswer, tuple["Question", ...]]:
        """What an answer that was cut off tells nevertheless, and the questions that are left; none: it cannot be read.

        Where it was within a table, the table is gone on with behind its last row. Else halves of the pages are asked
        for, then halves of the fields.
        """
        part = begun(self.specs, cut.text) if self.turn < MOST_TURNS else None
        if part is None:
            return RangeAnswer(), self._halves()
        told = range_answer(part.specs, part.body, self.shown, self.only)
        unread = [spec for spec in self.specs if spec not in part.specs]
        questions = [replace(self, specs=unread)] if unread else []
        if part.within:
            further = self._behind(part.within, told.tables[part.within.name])
            if further is None:
                return RangeAnswer(), self._halves()
            questions = [*([further] if further.only else []), *questions]
        return told, tuple(questions)

    def _halves(self) -> tuple["Question", ...]:
        middle = len(self.pages) // 2
        if middle and not self.only:
            return replace(self, pages=self.pages[:middle]), replace(self, pages=self.pages[middle:])
        middle = len(self.specs) // 2
        if middle:
            return replace(self, specs=self.specs[:middle]), replace(self, specs=self.specs[middle:])
        return ()

    def _behind(self, table: FieldSpec, rows: Sequence[RawRow]) -> "Question | None":
        """Return the question for what is behind these rows of the table; None when none of them says where it stands.

        The first page, if it is done with, stays in sight for its headings.
        """
        last = max((min(map(line_place, row.lines)) for row in rows if row.lines), default=None)
        if last is None:
            return None
        left = [
            span
            for page in self.pages
            for row in side_by_side(page.lines)
            if last < (page.number, (span := span_of(row)).first) and (not self.only or _meets(span, self.only))
        ]
        pages = [page for page in self.pages if any(span.page == page.number for span in left)]
        heading = self.heading or (self.pages[0] if self.pages[0] not in pages else None)
        return replace(self, specs=(table,), pages=pages, only=joined(left), heading=heading, turn=self.turn + 1)


def joined(spans: Sequence[Span]) -> tuple[Span, ...]:
    """Return the spans in order, with those that follow each other on a page as one."""
    found: list[Span] = []
    for span in sorted(spans):
        if found and found[-1].page == span.page and found[-1].last + 1 >= span.first:
            found[-1] = found[-1]._replace(last=max(found[-1].last, span.last))
        else:
            found.append(span)
    return tuple(found)


async def read_pages(
    context: ModelContext, run: Run, kind: DocumentType, pages: Sequence[Page], heading: Page | None, payer: str
) -> tuple[RangeAnswer, Bill]:
    """Return what models read from `pages`: a question for each group of fields, because one schema takes only so many.

    `heading`: an earlier page that has the headings of a table which goes on here.
    """
    only = tuple(span_of(page.lines) for page in pages) if heading else ()
    return await _all(context, run, kind, [Question(specs, pages, only, heading) for specs in groups(kind)], payer)


async def answered(
    context: ModelContext, run: Run, kind: DocumentType, question: Question, payer: str
) -> tuple[RangeAnswer, Bill]:
    """What a model answers, and what that cost. One that was cut off is used as far as it goes, and gone on with."""
    images = await pictures(context, run, question.pages)
    call = extract_call(context, kind, question.specs, question.shown, images, question.only)
    body, bill = await asked(context, call, "vision", payer)
    if not isinstance(body, Finding):
        return range_answer(question.specs, body, question.shown, question.only), bill
    told, questions = question.rest(body) if isinstance(body, CutOff) else (RangeAnswer(), ())
    if not questions and not told.fields and not told.tables:
        return RangeAnswer(findings=(_unanswered(question, body),)), bill
    more, cost = await _all(context, run, kind, questions, payer)
    return merge_answers(kind, [told, more]), bill.plus(cost)


async def pictures(context: ModelContext, run: Run, pages: Sequence[Page]) -> list[tuple[int, bytes]]:
    """Return the numbers and pictures of those pages that have one, if the model takes any."""
    if not context.gateway.catalogue.for_task("vision").images:
        return []
    found = [(page.number, await artifacts.load_picture(context, run, page.number)) for page in pages if page.has_image]
    return [(number, data) for number, data in found if data is not None]


async def _all(
    context: ModelContext, run: Run, kind: DocumentType, questions: Sequence[Question], payer: str
) -> tuple[RangeAnswer, Bill]:
    answers, bill = [], Bill()
    for question in questions:
        answer, cost = await answered(context, run, kind, question, payer)
        answers.append(answer)
        bill = bill.plus(cost)
    return merge_answers(kind, answers), bill


def _unanswered(question: Question, why: Finding) -> Finding:
    pages = question.pages
    where = f" (pages {pages[0].number} to {pages[-1].number})"
    names = tuple(spec.name for spec in question.specs)
    return Finding(rule=why.rule, severity=why.severity, message=why.message + where, fields=names)


def _meets(span: Span, others: Sequence[Span]) -> bool:
    return any(span.page == one.page and one.first <= span.first <= one.last for one in others)
