"""Check: ask independent questions of validation in parallel, with one message each.

Validation is repeated until none is open: it finds their answers in the store of model answers, so no question is paid
for twice, and it bills them itself. A batch of questions is named by its content, so a repetition finds its receipts.
"""

import hashlib
from collections.abc import Sequence

from shared.domain.base.errors import Conflict
from shared.domain.base.frozen import Frozen
from shared.domain.base.stored import dump_stored
from shared.domain.documents.run import Run, State
from shared.domain.documents.task import PLAN, StageMessage, TaskDone
from shared.domain.judging.answers import RangeAnswer
from shared.domain.models.model_call import Bill
from shared.domain.reading.page import Span
from shared.domain.types.document_type import DocumentType, FieldSpec
from shared.pipeline.context import Context
from shared.pipeline.models.gateway.gateway import payer_of
from shared.pipeline.models.questions import Question, answer_question
from shared.pipeline.models.spending import within_limits
from shared.pipeline.models.zones import within_zone
from shared.pipeline.store import artifacts
from shared.pipeline.store.current_step import load_if_current
from shared.pipeline.store.messages import send
from shared.pipeline.store.rows.keys import DOCUMENTS
from shared.pipeline.store.rows.receipts import finished_tasks, has_receipt, insert_receipt, receipt_key
from shared.ports.records import Insert

MAX_INLINE_QUESTIONS = 4
"""Questions that validation asks itself, one after another; more of them are asked in parallel."""
BATCH_NAME_DIGITS = 16
"""Hexadecimal digits of a batch's name."""


class RowQuestion(Frozen):
    """A question for rows of a table: those that begin in the lines `only`. `heading`: a page shown before; 0: none."""

    table: str
    pages: tuple[int, ...]
    only: tuple[Span, ...]
    heading: int = 0


class Batch(Frozen):
    """Questions that are asked in parallel."""

    questions: tuple[RowQuestion, ...]

    @property
    def name(self) -> str:
        """The name of the batch's artifact, made of what is asked."""
        return hashlib.sha256(dump_stored(self).encode()).hexdigest()[:BATCH_NAME_DIGITS]

    @property
    def tasks(self) -> tuple[str, ...]:
        """The names of the batch's tasks, in the order of its questions."""
        return tuple(f"{self.name}-{index:03d}" for index in range(len(self.questions)))


class QuestionsOpen(Exception):
    """Questions are being asked by messages of their own; the last one asks for validation again."""


async def answer_in_parallel(
    context: Context,
    run: Run,
    document_type: DocumentType,
    stored: artifacts.StoredPages,
    questions: Sequence[RowQuestion],
) -> list[tuple[RangeAnswer, Bill]]:
    """Return the answer to each question, and what it cost.

    Raises QuestionsOpen when they were sent to be asked in parallel, Retryable and Permanent of the model.
    """
    if len(questions) > MAX_INLINE_QUESTIONS:
        await _require_answers(context, run, Batch(questions=tuple(questions)))
    return [await _answer(context, run, document_type, stored, question) for question in questions]


async def check(context: Context, message: StageMessage) -> None:
    """Ask one question of a batch; after the last one, ask for validation again. A stale message changes nothing.

    Raises Retryable and Permanent of the model.
    """
    snapshot = await load_if_current(context, message, State.VALIDATING)
    if snapshot is None or message.task == PLAN:
        return
    run = snapshot.run
    name, _, index = message.task.rpartition("-")
    batch = await artifacts.fetch_saved(context, run, _batch_artifact(name), Batch)
    if not await has_receipt(context, run, "check", message.task):
        document_type = await context.types.load_version(run.document_type or "", run.type_version)
        stored = artifacts.StoredPages(context, run)
        context = await within_limits(within_zone(context, snapshot.document), run, "check")
        _, bill = await _answer(context, run, document_type, stored, batch.questions[int(index)])
        await insert_receipt(context, run, TaskDone(stage="check", name=message.task, bill=bill))
    if set(batch.tasks) <= await finished_tasks(context, run, "check", f"{name}-"):
        await _ask_for_validation(context, run, name)


async def _require_answers(context: Context, run: Run, batch: Batch) -> None:
    """Return when every question of a batch was asked; else send the open ones and raise QuestionsOpen."""
    finished = await finished_tasks(context, run, "check", f"{batch.name}-")
    open_tasks = [task for task in batch.tasks if task not in finished]
    if not open_tasks:
        return
    await artifacts.save(context, run, _batch_artifact(batch.name), batch)
    for task in open_tasks:
        await send(context, "check", run, task)
    raise QuestionsOpen


async def _ask_for_validation(context: Context, run: Run, batch: str) -> None:
    """Send the message that goes on with validation: once for each batch, whoever finds it complete first.

    A crash before the message is sent leaves a stalled Run, which the sweeper pushes on.
    """
    done = TaskDone(stage="check", name=batch, counted=False)
    key = receipt_key(run, "check", batch)
    try:
        await context.records.commit(DOCUMENTS, run.document_id, [Insert(key, dump_stored(done))])
    except Conflict:
        return
    await send(context, "validate", run)


async def _answer(
    context: Context, run: Run, document_type: DocumentType, stored: artifacts.StoredPages, row_question: RowQuestion
) -> tuple[RangeAnswer, Bill]:
    """Ask a question on behalf of validation, which is the step that pays for it."""
    spec: FieldSpec = document_type.field(row_question.table)
    heading = (await stored.load([row_question.heading]))[0] if row_question.heading else None
    question = Question((spec,), await stored.load(row_question.pages), row_question.only, heading)
    return await answer_question(context, run, document_type, question, payer_of(run, "validate", PLAN))


def _batch_artifact(batch: str) -> str:
    return f"check/{batch}"
