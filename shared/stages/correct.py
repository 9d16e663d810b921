"""Correct: a person changes values of a result that is final already; downstream is told again."""

import re
from collections.abc import Callable, Mapping
from copy import replace
from datetime import date

from pydantic import Field

from shared.domain.document_type import DocumentType, FieldSpec, Kind
from shared.domain.errors import IntrayError
from shared.domain.extraction import Scalar
from shared.domain.frozen import Frozen
from shared.domain.run import State
from shared.stages import artefacts
from shared.stages.core import Core
from shared.stages.finalize import finalize_again
from shared.stages.ledger import load, mark_active
from shared.stages.replay import UnknownDocument
from shared.stages.result import Result
from shared.stages.review import changes, corrected

_YES, _NO = frozenset({"true", "yes"}), frozenset({"false", "no"})
_CURRENCY = re.compile(r"[A-Z]{3}")


class NotFinal(IntrayError):
    """The Document's last Run has no final result that could be corrected."""


class Outdated(IntrayError):
    """Somebody corrected the result, or processed the file again, since the caller looked at it."""


class CorrectionWish(Frozen):
    """New values by field, and the result they are meant for: its `run` and `revision` as the caller saw them."""

    run: int
    revision: int
    fields: dict[str, Scalar] = Field(min_length=1)


async def correct(core: Core, document_id: str, wish: CorrectionWish) -> Result:
    """Change values of a final result; the Result that now counts.

    The publish stage delivers it, then tells `corrected`. Raises UnknownDocument, NotFinal, Outdated, Conflict in a
    race, or ValueError for an unknown field, a value that is not of its kind, and values that are there already.
    """
    snapshot = await load(core, document_id)
    if snapshot is None or snapshot.run.state is State.DELETED:
        raise UnknownDocument(f"there is no document {document_id}")
    run = snapshot.run
    if run.state is not State.FINALIZED:
        raise NotFinal(f"document {document_id} is {run.state}: only a final result can be corrected")
    if (run.number, run.revision) != (wish.run, wish.revision):
        seen, now = f"run {wish.run}, revision {wish.revision}", f"run {run.number}, revision {run.revision}"
        raise Outdated(f"the result has changed: you saw {seen}, it is {now}. Look at it again before you correct it")
    before = await artefacts.fetch_saved(core, run, run.final or "", Result)
    values = _in_kind(await core.types.kept(run.document_type or "", run.type_version), wish.fields)
    changed = changes(before, values)
    if not changed:
        raise ValueError("nothing would change: the result has these values already")
    result = replace(
        before,
        fields=corrected(before.fields, values),
        corrections=(*before.corrections, *changed),
        revision=run.revision + 1,
    )
    await mark_active(core, run)
    await finalize_again(core, snapshot, result, tuple(one.field for one in changed))
    return result


def _in_kind(kind: DocumentType | None, values: Mapping[str, Scalar]) -> dict[str, Scalar]:
    """The values as their fields' kinds are written. A field without a kind is left to whoever knows the result."""
    specs = {spec.name: spec for spec in kind.fields} if kind else {}
    return {name: _value(specs[name], value) if name in specs else value for name, value in values.items()}


def _value(spec: FieldSpec, value: Scalar) -> Scalar:
    """The value of a field; None for an empty text. Raises ValueError that says how the kind is written."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    read, example = _KINDS.get(spec.kind, (_text, "text"))
    try:
        found = read(value)
    except ValueError:
        raise ValueError(f"{spec.name!r} takes {example}") from None
    if spec.choices and found not in spec.choices:
        raise ValueError(f"{spec.name!r} takes one of {', '.join(spec.choices)}")
    return found


def _text(value: Scalar) -> str:
    if not isinstance(value, str):
        raise ValueError(value)  # noqa: TRY004 - a wrong value of a request, not of a call
    return value.strip()


def _number(value: Scalar) -> float:
    if isinstance(value, bool) or value is None:
        raise ValueError(value)
    return float(value)


def _date(value: Scalar) -> str:
    return date.fromisoformat(_text(value)).isoformat()


def _currency(value: Scalar) -> str:
    code = _text(value).upper()
    if not _CURRENCY.fullmatch(code):
        raise ValueError(value)
    return code


def _boolean(value: Scalar) -> bool:
    if isinstance(value, bool):
        return value
    word = _text(value).lower()
    if word not in _YES | _NO:
        raise ValueError(value)
    return word in _YES


_KINDS: dict[Kind, tuple[Callable[[Scalar], Scalar], str]] = {
    "number": (_number, "a number, such as 1234.5"),
    "money": (_number, "an amount as a plain number, such as 1234.50"),
    "date": (_date, "a date, such as 2026-11-22"),
    "currency": (_currency, "an ISO 4217 currency code, such as EUR"),
    "boolean": (_boolean, "yes or no"),
}
