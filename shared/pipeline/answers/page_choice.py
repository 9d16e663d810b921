"""Choose the pages that extraction reads: of a long document, those that mention the fields, if its type allows it."""

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
from shared.pipeline.answers.merging import merge_ranges, plain_values
from shared.pipeline.models.gateway.context import ModelContext
from shared.pipeline.models.gateway.gateway import payer_of
from shared.pipeline.models.questions import Question, answer_question
from shared.pipeline.models.range_sizes import extraction_size
from shared.pipeline.store import artifacts

MAX_REQUIRED_FIELD_REQUESTS = 40
"""Requests for missing required fields on pages that were not chosen."""

type Answers = list[tuple[tuple[int, ...], RangeAnswer]]
"""The answers of a Run, each with the numbers of the pages that it is about."""


class Choice(Stored):
    """The numbers of the pages that extraction reads, in their order."""

    pages: tuple[int, ...]


async def choose_pages(context: ModelContext, run: Run, document_type: DocumentType) -> int:
    """Choose the pages that extraction reads and save the choice; return their number, 0: all pages are read."""
    max_pages = document_type.policy.relevant_pages
    if max_pages is None or run.pages <= max_pages:
        return 0
    label_words = label_vocabulary(document_type)
    words = [PageWords.of(page, label_words) async for page in artifacts.StoredPages(context, run).all()]
    pages = choose_relevant_pages(document_type, words, max_pages)
    await artifacts.save(context, run, CHOICE, Choice(pages=pages))
    return len(pages)


async def pages_to_read(context: ModelContext, run: Run) -> Sequence[int]:
    """Return the numbers of the pages that extraction reads; raises Unavailable when their choice is missing."""
    if not run.selected_pages:
        return range(1, run.pages + 1)
    return (await artifacts.fetch_saved(context, run, CHOICE, Choice)).pages


def pages_of_range(pages: Sequence[int], places: PageRange) -> tuple[int, ...]:
    """Return the pages of a range: it counts those that are read."""
    return tuple(pages[places.first - 1 : places.last])


async def read_required_fields(
    context: ModelContext, run: Run, document_type: DocumentType, stored: artifacts.StoredPages, answers: Answers
) -> tuple[Answers, Bill]:
    """Return the answers with those of the unread pages to required fields that were not found.

    Raises Retryable and Permanent of the model.
    """
    bill = Bill()
    read = {number for pages, _ in answers for number in pages}
    unread_pages = [number for number in range(1, stored.count + 1) if number not in read]
    for batch in list(batched(unread_pages, extraction_size(context), strict=False))[:MAX_REQUIRED_FIELD_REQUESTS]:
        values = plain_values(document_type, merge_ranges(document_type, [answer for _, answer in answers]))
        missing = [spec for spec in document_type.fields if spec.required and values.get(spec.name) in ABSENT]
        if not missing:
            break
        question = Question(missing, await stored.load(batch))
        answer, cost = await answer_question(context, run, document_type, question, payer_of(run, "validate", PLAN))
        answers, bill = [*answers, (batch, answer)], bill.plus(cost)
    return answers, bill
