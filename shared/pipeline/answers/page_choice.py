"""The choice of pages: of a long document whose type allows it, extraction reads those that speak of its fields."""

from collections.abc import Sequence
from itertools import batched

from shared.document_types.rules.evaluate import ABSENT
from shared.domain.base.stored import Stored
from shared.domain.documents.artifact_names import CHOICE
from shared.domain.documents.run import Run
from shared.domain.documents.task import PLAN
from shared.domain.judging.answers import RangeAnswer
from shared.domain.models.model_call import Bill
from shared.domain.reading.page_range import PageRange
from shared.domain.reading.relevance import PageWords, choose_relevant_pages, label_vocabulary
from shared.domain.types.document_type import DocumentType
from shared.pipeline.answers.merging import merged_ranges, plain_values
from shared.pipeline.models.gateway.context import ModelContext
from shared.pipeline.models.gateway.gateway import payer
from shared.pipeline.models.questions import Question, answered
from shared.pipeline.models.range_sizes import extraction_size
from shared.pipeline.store import artifacts

MOST_REQUESTS = 40
"""Requests for required fields to pages that were not chosen."""

type Answers = list[tuple[tuple[int, ...], RangeAnswer]]
"""The answers of a Run, each with the numbers of the pages that it is about."""


class Choice(Stored):
    """The numbers of the pages that extraction reads, in their order."""

    pages: tuple[int, ...]


async def choose(context: ModelContext, run: Run, kind: DocumentType) -> int:
    """Choose the pages that extraction reads, and keep the choice; how many they are, 0: all of them are read."""
    most = kind.policy.relevant_pages
    if most is None or run.pages <= most:
        return 0
    wanted = label_vocabulary(kind)
    words = [PageWords.of(page, wanted) async for page in artifacts.StoredPages(context, run).all()]
    pages = choose_relevant_pages(kind, words, most)
    await artifacts.save(context, run, CHOICE, Choice(pages=pages))
    return len(pages)


async def pages_to_read(context: ModelContext, run: Run) -> Sequence[int]:
    """Return the numbers of the pages that extraction reads; raises Unavailable when their choice is missing."""
    if not run.chosen:
        return range(1, run.pages + 1)
    return (await artifacts.fetch_saved(context, run, CHOICE, Choice)).pages


def of_range(pages: Sequence[int], places: PageRange) -> tuple[int, ...]:
    """Return the pages of a range: it counts those that are read."""
    return tuple(pages[places.first - 1 : places.last])


async def with_required(
    context: ModelContext, run: Run, kind: DocumentType, stored: artifacts.StoredPages, answers: Answers
) -> tuple[Answers, Bill]:
    """Return the answers, with those of the other pages to what is required and was not found: it may stand there.

    Raises Retryable and Permanent of the model.
    """
    bill = Bill()
    read = {number for pages, _ in answers for number in pages}
    others = [number for number in range(1, stored.count + 1) if number not in read]
    for some in list(batched(others, extraction_size(context), strict=False))[:MOST_REQUESTS]:
        plain = plain_values(kind, merged_ranges(kind, [answer for _, answer in answers]))
        missing = [spec for spec in kind.fields if spec.required and plain.get(spec.name) in ABSENT]
        if not missing:
            break
        question = Question(missing, await stored.load(some))
        answer, cost = await answered(context, run, kind, question, payer(run, "validate", PLAN))
        answers, bill = [*answers, (some, answer)], bill.plus(cost)
    return answers, bill
