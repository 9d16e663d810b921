"""The fan-in of workers of the earlier version, which may finish tasks of the same Run during a rolling update."""

from shared.domain.base.errors import Conflict
from shared.domain.documents.run import Run, State
from shared.domain.documents.task import TaskDone
from shared.pipeline.context import Context
from shared.pipeline.store.rows.audit import Audit
from shared.pipeline.store.rows.keys import DOCUMENTS
from shared.pipeline.store.rows.receipts import done_key
from shared.pipeline.store.runs import Snapshot, reload, run_key
from shared.ports.records import Change, Insert, Replace

ATTEMPTS = 12


async def finish_task_earlier(context: Context, snapshot: Snapshot, done: TaskDone, then: State) -> Run | None:
    """Store the receipt in one transaction with the Run's `tasks_left`; move the Run when that reaches zero."""
    state, key = snapshot.run.state, done_key(snapshot.run.number, done.stage, done.name)
    if snapshot.run.tasks_left > 1:
        snapshot = await reload(context, snapshot)
    for _ in range(ATTEMPTS):
        if snapshot.run.state is state is not then:
            run = _without_task(context, snapshot.run, done, then)
            if await _committed(
                context, snapshot, run, Insert(key, done.model_dump_json(include={"stage", "name", "bill"}))
            ):
                return run if run.state is then else None
        snapshot = await reload(context, snapshot)
        if await context.records.get(DOCUMENTS, snapshot.document.id, key):
            return snapshot.run if snapshot.run.state is then else None
        if snapshot.run.state is not state or state is then:
            return None
    raise Conflict


async def _committed(context: Context, snapshot: Snapshot, run: Run, receipt: Insert) -> bool:
    rows: list[Change] = [receipt, Replace(run_key(run.number), run.model_dump_json(), snapshot.version)]
    if run.state is not snapshot.run.state:
        line = Audit(at=run.updated.isoformat(), before=snapshot.run.state, after=run.state, event=None)
        rows.append(Insert(f"audit-{run.number:04d}-{run.sequence:06d}", line.model_dump_json()))
    try:
        await context.records.commit(DOCUMENTS, run.document_id, rows)
    except Conflict:
        return False
    return True


def _without_task(context: Context, run: Run, done: TaskDone, then: State) -> Run:
    changes = {"bill": run.bill.plus(done.bill), "updated": context.clock.now(), "sequence": run.sequence + 1}
    if run.tasks_left > 1:
        return run.model_copy(update=changes | {"tasks_left": run.tasks_left - 1})
    return run.model_copy(update=changes | {"state": then, "tasks_left": 0, "range_size": 0})
