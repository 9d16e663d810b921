"""Fan-in: store the receipt of each finished task; the last one moves the Run to its next stage."""

from typing import NamedTuple

from shared.domain.documents.run import Run, State
from shared.domain.documents.task import PLAN, Stage, TaskDone
from shared.pipeline.store.context import StoreContext
from shared.pipeline.store.messages import send, send_ranges
from shared.pipeline.store.rows.receipts import find_outstanding_ranges, has_receipt, planned_ranges
from shared.pipeline.store.runs import Snapshot, finish_task, move_if_complete


class NextStage(NamedTuple):
    """The state and the stage of a Run after all tasks of a stage are finished."""

    state: State
    stage: Stage


NEXT_STAGES: dict[Stage, NextStage] = {
    "read": NextStage(State.EXTRACTING, "extract"),
    "extract": NextStage(State.VALIDATING, "validate"),
    "validate": NextStage(State.DECIDING, "decide"),
}
"""The stages after those that end with a fan-in."""


async def finish(context: StoreContext, snapshot: Snapshot, done: TaskDone) -> None:
    """Store the receipt of a task; when it was the last one, move the Run on and ask for its next stage.

    Raises Conflict after many lost races.
    """
    await _ask_for_next(context, await finish_task(context, snapshot, done, NEXT_STAGES[done.stage].state), done.stage)


async def is_repetition(context: StoreContext, snapshot: Snapshot, stage: Stage, task: str) -> bool:
    """Return whether a task was finished by an earlier delivery of its message, so that its work need not be repeated.

    If that delivery stopped before moving the Run on, do it now, when no other task is open. The plan of a stage has no
    receipt, and is safe to repeat.
    """
    if task == PLAN or not await has_receipt(context, snapshot.run, stage, task):
        return False
    await move_on_if_complete(context, snapshot, stage, task)
    return True


async def send_tasks(context: StoreContext, snapshot: Snapshot, stage: Stage, *, first_time: bool) -> None:
    """Ask for each range of the stage's plan by its own message: all the first time, later those without receipt.

    When none is left, the Run moves on.
    """
    ranges = planned_ranges(snapshot.run)
    left = ranges if first_time else await find_outstanding_ranges(context, snapshot.run, stage, ranges)
    await send_ranges(context, snapshot.run, stage, left)
    if not left:
        await move_on_if_complete(context, snapshot, stage)


async def move_on_if_complete(context: StoreContext, snapshot: Snapshot, stage: Stage, task: str | None = None) -> bool:
    """Move the Run on and ask for its next stage when every planned task has its receipt; return whether it did.

    `task`: the one that was finished last, if that is known.
    """
    moved = await move_if_complete(context, snapshot, stage, NEXT_STAGES[stage].state, task)
    await _ask_for_next(context, moved, stage)
    return moved is not None


async def _ask_for_next(context: StoreContext, moved: Run | None, stage: Stage) -> None:
    if moved is not None:
        await send(context, NEXT_STAGES[stage].stage, moved)
