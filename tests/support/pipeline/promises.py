"""What must hold of every World at every moment, and once it has come to rest."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

from shared.domain.documents.event import Event
from shared.domain.documents.result import result_name
from shared.domain.documents.run import OUTCOMES, TRANSITIONS, Run, State
from shared.domain.documents.task import TaskDone
from shared.domain.reading.page_range import page_ranges
from shared.pipeline.operations.sweep import STAGE_OF
from shared.pipeline.store.artifacts import artifact_name
from shared.pipeline.store.rows.audit import Audit
from shared.pipeline.store.rows.outbox import OutboxRow
from shared.pipeline.store.rows.receipts import done_key
from tests.support.pipeline.world import Twins

EVENT_OF = {
    State.FINALIZED: "finalized",
    State.IN_REVIEW: "review_requested",
    State.FAILED: "failed",
    State.HELD: "held",
    State.DUPLICATE: "duplicate",
    State.DELETED: "deleted",
}
"""What the world is told when a Run enters a state."""

type Rows = dict[str, str]


def partitions(twins: Twins) -> dict[str, Rows]:
    """The rows of each Document: bodies by key, in key order."""
    found: dict[str, Rows] = defaultdict(dict)
    for (partition, key), record in sorted(twins.records._tables["documents"].items()):
        found[partition][key] = record.body
    return found


def runs(rows: Rows) -> list[Run]:
    """The Runs of a Document, in order."""
    return [Run.model_validate_json(body) for key, body in rows.items() if key.startswith("run-")]


def outbox(rows: Rows) -> list[OutboxRow]:
    """The outbox of a Document, in order."""
    return [OutboxRow.model_validate_json(body) for key, body in rows.items() if key.startswith("event-")]


def history(rows: Rows, run: int) -> list[Audit]:
    """The audit trail of a Run, in order."""
    prefix = f"audit-{run:04d}-"
    return [Audit.model_validate_json(body) for key, body in rows.items() if key.startswith(prefix)]


def broken_now(rows: Rows) -> Iterator[str]:
    """What a Document's rows say that no moment may see."""
    found = runs(rows)
    told = {(event["run"], row.event.name) for row in outbox(rows) for event in [row.event.data]}
    meant: set[tuple[object, str]] = {(1, "received")}
    for run in found:
        trail = history(rows, run.number)
        yield from _broken_trail(run, trail)
        yield from _broken_count(rows, run)
        meant |= {(run.number, EVENT_OF[line.after]) for line in trail if line.after in EVENT_OF}
    if told != meant:
        yield f"events {sorted(map(str, told))} beside states {sorted(map(str, meant))}"
    if [run.number for run in found if not run.has_ended][:-1]:
        yield "two Runs are under way"


def _broken_trail(run: Run, trail: list[Audit]) -> Iterator[str]:
    states = [line.after for line in trail]
    if [None, *states[:-1]] != [line.before for line in trail] or states[:1] != [State.RECEIVED]:
        yield f"run {run.number}: gaps in {trail}"
    for before, after in pairwise(states):
        if after not in TRANSITIONS[before]:
            yield f"run {run.number}: {before} -> {after}"
    if states[-1:] != [run.state]:
        yield f"run {run.number} is {run.state} after {states}"
    if sum(state in OUTCOMES for state in states) > 1:
        yield f"run {run.number} has more than one outcome: {states}"


def _broken_count(rows: Rows, run: Run) -> Iterator[str]:
    if run.tasks_left < 0:
        yield f"run {run.number}: {run.tasks_left} tasks left"
    if run.range_size and run.state in STAGE_OF:
        stage = STAGE_OF[run.state]
        done = sum(key.startswith(done_key(run.number, stage)) for key in rows)
        if run.tasks_left + done != len(page_ranges(run.pages, run.range_size)):
            yield f"run {run.number}: {run.tasks_left} tasks left beside {done} receipts"


def bills(rows: Rows, run: Run) -> int:
    """The calls on all receipts of a Run."""
    prefix = f"done-{run.number:04d}-"
    return sum(TaskDone.model_validate_json(body).bill.calls for key, body in rows.items() if key.startswith(prefix))


def told_in_order(events: list[Event], stated: list[str]) -> bool:
    """Whether the ids of `events`, repeats apart, are the first of `stated`, in that order."""
    first = list(dict.fromkeys(event.id for event in events))
    return first == stated[: len(first)]


def unsettled(twins: Twins) -> Iterator[str]:
    """What is left to do in a World that should be at rest."""
    listed = {key for partition, key in twins.records._tables["catalog"] if partition == "review"}
    waiting = set()
    for document, rows in partitions(twins).items():
        found = runs(rows)
        if "document" not in rows:
            yield f"{document}: rows of a forgotten document: {list(rows)}"
        for run in found[:-1]:
            if not run.has_ended:
                yield f"{document}: run {run.number} ended as {run.state}"
        if found and not found[-1].is_settled:
            yield f"{document}: run {found[-1].number} came to rest as {found[-1].state}"
        if found and found[-1].state is State.IN_REVIEW:
            waiting.add(document)
        yield from (f"{document}: {row.event.name} was never told" for row in outbox(rows) if row.waiting)
        if any(run.state is State.DELETED for run in found):
            yield f"{document}: forgotten, but its rows are left"
    if listed != waiting:
        yield f"listed for review: {listed}, waiting for it: {waiting}"
    yield from (f"mark of {key}" for part, key in twins.records._tables["catalog"] if part == "active")
    yield from (f"message in {queue}" for queue, messages in twins.queues._queues.items() if messages)


def wrong_results(twins: Twins) -> Iterator[str]:
    """Documents whose last Run is final, but whose delivered result is not the one that the Run ended with."""
    for document, rows in partitions(twins).items():
        final = [run for run in runs(rows) if run.state is State.FINALIZED]
        for run in final[-1:]:
            kept = twins.blobs._blobs.get(("work", artifact_name(run, run.final_artifact or "")))
            given = twins.blobs._blobs.get(("results", result_name(run)))
            if kept is None or given is None or kept[1] != given[1]:
                yield f"{document}: the result of run {run.number} is not the one that was decided"


def traces(twins: Twins, document: str, *, claim_allowed: bool) -> list[str]:
    """Every blob and row that speaks of a Document; a copy of it may still name it as its original.

    `claim_allowed`: a worker may have died between claiming the content and noting its hash with the Run, so that
    nobody knows of the claim; the next copy takes it over.
    """
    rows = [
        f"{table}: {place}"
        for table, held in twins.records._tables.items()
        for place, record in held.items()
        if document in place or (document in record.body and table == "catalog")
        if not (claim_allowed and place[0].startswith("content-"))
    ]
    return rows + [str(place) for place, (_, data) in twins.blobs._blobs.items() if document in f"{place} {data!r}"]
