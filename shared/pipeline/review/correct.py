"""Correct: change values of a final result and publish it again."""

from collections.abc import Mapping
from copy import replace
from typing import Self

from pydantic import model_validator

from shared.domain.base.errors import IntrayError, UnknownDocument
from shared.domain.base.frozen import Frozen
from shared.domain.corrections.request import (
    ROOT,
    ChangeRequest,
    FieldProblem,
    InvalidCorrections,
    read_requests,
    read_target,
)
from shared.domain.documents.result import Result
from shared.domain.documents.review import Correction
from shared.domain.documents.run import State
from shared.pipeline.context import Context
from shared.pipeline.review.corrections import apply_corrections
from shared.pipeline.review.review import Outdated, check_revision
from shared.pipeline.store import artifacts
from shared.pipeline.store.finalize import replace_result
from shared.pipeline.store.runs import load, mark_active

__all__ = ["CorrectionRequest", "NotFinal", "Outdated", "correct"]


class NotFinal(IntrayError):
    """The Document's last Run has no final result that could be corrected."""


class CorrectionRequest(Frozen):
    """New values, and the result they are meant for: its `run` and `revision` as the caller saw them.

    `fields`: by field name or JSON Pointer; `changes`: the same as a list, for rows of tables.
    """

    run: int
    revision: int
    fields: Mapping[str, object] = {}
    changes: tuple[ChangeRequest, ...] = ()

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if not self.fields and not self.changes:
            raise ValueError("name at least one field")
        return self


async def correct(context: Context, document_id: str, request: CorrectionRequest, actor: str | None = None) -> Result:
    """Change values of a final result for the caller with id `actor`, and return the new Result.

    The publish stage delivers it, then tells `corrected`. Raises UnknownDocument, NotFinal, Outdated, Conflict in a
    race, or InvalidCorrections for an unknown field, a value that does not fit, and values that are there already.
    """
    snapshot = await load(context, document_id)
    if snapshot is None or snapshot.run.state is State.DELETED:
        raise UnknownDocument(f"there is no document {document_id}")
    run = snapshot.run
    if run.state is not State.FINALIZED:
        remedy = ": complete its case instead" if run.state is State.IN_REVIEW else ""
        raise NotFinal(f"document {document_id} is {run.state}, and only a final result can be corrected{remedy}")
    check_revision(run, request.run, request.revision)
    requests = read_requests(request.fields, request.changes, "fields")
    before = await artifacts.fetch_saved(context, run, run.final_artifact or "", Result)
    rejected = run.disposition == "REJECT"
    result, changes = await apply_corrections(context, snapshot, before, requests, rejected=rejected)
    if not changes:
        detail = "nothing would change: the result has these values already"
        raise InvalidCorrections([FieldProblem(pointer="", field="", detail=detail)])
    result = replace(result, revision=run.revision + 1)
    await mark_active(context, run)
    changed = tuple(dict.fromkeys(map(_changed_field, changes)))
    await replace_result(context, snapshot, result, changed, actor)
    return result


def _changed_field(change: Correction) -> str:
    """Return the name of the field that a correction changed, of a row its table's."""
    target = read_target(change.field) if change.field.startswith(f"/{ROOT}/") else None
    return target.field if target else change.field
