"""Review: open a case for a Run that needs a person, lease it, and finalise what the person decided."""

from collections.abc import Mapping
from contextlib import suppress
from copy import replace
from typing import Literal, NamedTuple

from shared.domain import review as rules
from shared.domain.errors import Conflict, IntrayError
from shared.domain.extraction import Scalar
from shared.domain.frozen import Frozen
from shared.domain.review import Correction, ReviewTask
from shared.domain.run import State
from shared.domain.task import StageMessage
from shared.ports.records import Delete, Insert, Put, Replace
from shared.stages import artefacts
from shared.stages.core import Core
from shared.stages.decide import DRAFT
from shared.stages.due import due
from shared.stages.finalize import finalize
from shared.stages.ledger import CATALOG, DOCUMENTS, Snapshot, load, mark_active
from shared.stages.result import Result, ResultField
from shared.stages.uniqueness import repetition

REVIEWS = "review"
"""The catalog partition that lists the open cases."""


class UnknownCase(IntrayError):
    """No such case is open for review."""


class Decision(Frozen):
    """What a person decided: the lease's token, ACCEPT or REJECT, and the fields they changed (new values by name)."""

    token: int
    disposition: Literal["ACCEPT", "REJECT"] = "ACCEPT"
    corrections: dict[str, Scalar] = {}


class OpenCase(NamedTuple):
    """A case with its Document, its draft Result and the version of its row."""

    snapshot: Snapshot
    task: ReviewTask
    version: str
    result: Result


async def open_review(core: Core, message: StageMessage) -> None:
    """Open the ReviewTask of a Run in review; once, however often it is asked for."""
    snapshot = await due(core, message, State.IN_REVIEW)
    if snapshot is None:
        await unlist(core, message.document_id)
        return
    run, document_id = snapshot.run, snapshot.document.id
    result = await artefacts.fetch_saved(core, run, DRAFT, Result)
    task = ReviewTask(
        document_id=document_id,
        run=run.number,
        document_type=run.document_type,
        name=snapshot.document.name,
        opened=core.clock.now(),
        doubt=round(1 - result.confidence, 4),
        reasons=run.reasons,
    )
    try:
        await core.records.commit(DOCUMENTS, document_id, [Insert(_key(run.number), task.model_dump_json())])
    except Conflict:
        task = await _task(core, document_id, run.number) or task
    await core.records.commit(CATALOG, REVIEWS, [Put(document_id, task.model_dump_json())])
    await unlist(core, document_id)


async def unlist(core: Core, document_id: str) -> None:
    """Take a Document off the list of cases, unless its Run waits for a person: whoever lists or closes looks after.

    The list is another partition than the Run, so no transaction holds the two together.
    """
    listed = await core.records.get(CATALOG, REVIEWS, document_id)
    snapshot = await load(core, document_id)
    if listed is None or (snapshot and snapshot.run.state is State.IN_REVIEW):
        return
    with suppress(Conflict):  # it was listed anew
        await core.records.commit(CATALOG, REVIEWS, [Delete(document_id, listed.version)])


async def is_open(core: Core, document_id: str, run: int) -> bool:
    """Whether the ReviewTask of a Run exists and stands in the list of cases."""
    listed = await core.records.get(CATALOG, REVIEWS, document_id)
    return listed is not None and await _task(core, document_id, run) is not None


async def open_cases(core: Core) -> list[ReviewTask]:
    """The cases that wait for a person, the most doubtful first."""
    listed = [ReviewTask.model_validate_json(record.body) async for record in core.records.partition(CATALOG, REVIEWS)]
    return sorted(listed, key=lambda task: (-task.doubt, task.opened))


async def case(core: Core, document_id: str) -> OpenCase:
    """An open case with everything that a reviewer needs; raises UnknownCase."""
    snapshot = await load(core, document_id)
    if snapshot is None or snapshot.run.state is not State.IN_REVIEW:
        raise _unknown(document_id)
    record = await core.records.get(DOCUMENTS, document_id, _key(snapshot.run.number))
    if record is None:
        raise _unknown(document_id)
    result = await artefacts.fetch_saved(core, snapshot.run, DRAFT, Result)
    return OpenCase(snapshot, ReviewTask.model_validate_json(record.body), record.version, result)


async def claim(core: Core, document_id: str, holder: str) -> ReviewTask:
    """Lease a case to `holder`; raises UnknownCase, NotHolder while another holds it, Conflict in a race."""
    found = await case(core, document_id)
    task = rules.claim(found.task, holder, core.clock.now(), core.limits.lease)
    change = Replace(_key(task.run), task.model_dump_json(), found.version)
    await core.records.commit(DOCUMENTS, document_id, [change])
    return task


async def complete(core: Core, document_id: str, decision: Decision) -> Result:
    """Close a case with what a person decided; the final Result.

    Raises UnknownCase, NotHolder (lease over or taken), Conflict, or ValueError naming an unknown field.
    """
    found = await case(core, document_id)
    corrections = changes(found.result, decision.corrections)
    task = rules.complete(found.task, decision.token, core.clock.now(), corrections)
    result = replace(
        found.result,
        disposition=decision.disposition,
        fields=corrected(found.result.fields, decision.corrections),
        corrections=corrections,
        finished=core.clock.now(),
    )
    if corrections and decision.disposition == "ACCEPT":
        run = found.snapshot.run
        kind = await core.types.kept(run.document_type or "", run.type_version)
        values = {name: field.value for name, field in result.fields.items()}
        repeated = await repetition(core, found.snapshot.document, kind, values)
        result = replace(result, findings=(*result.findings, *repeated))
    closing = Replace(_key(task.run), task.model_dump_json(), found.version)
    await mark_active(core, found.snapshot.run)
    await finalize(core, found.snapshot, result, reviewed=True, also=(closing,))
    await unlist(core, document_id)
    return result


def changes(result: Result, values: Mapping[str, Scalar]) -> tuple[Correction, ...]:
    """What these values, by field, change in a Result; ValueError for one that is no single value of it."""
    for name in values:
        if name not in result.fields or result.fields[name].rows:
            known = ", ".join(sorted(name for name, field in result.fields.items() if not field.rows))
            message = f"{name!r} cannot be corrected; the fields are {known}"
            raise ValueError(message)
    changed = {name: (result.fields[name].value, value) for name, value in values.items()}
    return tuple(
        Correction(field=name, before=before, after=after)
        for name, (before, after) in changed.items()
        if before != after and not isinstance(before, list)
    )


def corrected(fields: Mapping[str, ResultField], values: Mapping[str, Scalar]) -> dict[str, ResultField]:
    """The fields with a person's values, which are certain, and keep their evidence only where they are unchanged."""
    corrected = dict(fields)
    for name, value in values.items():
        evidence = fields[name].evidence if fields[name].value == value else ()
        corrected[name] = ResultField(value=value, confidence=None if value is None else 1.0, evidence=evidence)
    return corrected


async def _task(core: Core, document_id: str, run: int) -> ReviewTask | None:
    record = await core.records.get(DOCUMENTS, document_id, _key(run))
    return ReviewTask.model_validate_json(record.body) if record else None


def _key(run: int) -> str:
    return f"review-{run:04d}"


def _unknown(document_id: str) -> UnknownCase:
    return UnknownCase(f"document {document_id} is not open for review")
