"""Evaluation records: what a labelled set showed of one document type, as the file that a policy refers to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml

from quality.evals.evaluation import Case
from shared.domain.models.catalogue import Catalogue
from shared.domain.types.document_type import DocumentType
from shared.domain.types.evaluation import Evaluation, error_rate_at_most

LOCAL_MODEL = "offline-"
"""What the local model server calls its model, and how its own deployments are named."""
TYPE_PLACEHOLDER = "{type}"
"""In the path of a record: the name of its document type."""
_HEADER = """\
# A record of `intray eval --record`; policy.evaluation in type.yaml names it. Do not edit it: run the command again.
"""
_LOCAL_HEADER = """\
# Made with the deterministic reader of the local model server: it says nothing about a language model, and it puts the
# threshold in force for that reader's deployments alone.
"""


class InvalidRecord(Exception):
    """No record can be made; the message says why and what to do."""


@dataclass(frozen=True)
class Conditions:
    """How a set was evaluated: with which deployments, answered by which models, when, by which command and program."""

    set: str
    catalogue: Catalogue
    answered_by: tuple[str, ...]
    made: date
    command: str
    program: str


def make_record(cases: Sequence[Case], kind: DocumentType, conditions: Conditions) -> Evaluation:
    """Count the accepted and the wrong documents of one type; raises InvalidRecord."""
    if kind.policy.accept_at is None:
        message = f"The type {kind.name} has no threshold: set policy.accept_at in its type.yaml, and run this again."
        raise InvalidRecord(message)
    deployments = conditions.catalogue.by_task()
    disguised = _named_otherwise(conditions.answered_by, {name for names in deployments.values() for name in names})
    if disguised:
        message = (
            f"The local model server answered for the deployments {', '.join(disguised)}: a record would count for the"
            " real ones. Unset INTRAY_MODEL_CATALOGUE, or set INTRAY_MODEL_ENDPOINT to the real API."
        )
        raise InvalidRecord(message)
    own = [case for case in cases if case.kind.name == kind.name]
    accepted = [case for case in own if case.accepted]
    wrong = sum(case.scored.verdict != "right" for case in accepted)
    return Evaluation(
        document_type=kind.name,
        type_version=kind.evaluated_version,
        accept_at=kind.policy.accept_at,
        deployments=deployments,
        answered_by=conditions.answered_by,
        set=conditions.set,
        documents=len(own),
        accepted=len(accepted),
        wrong=wrong,
        incomplete=sum(case.scored.incomplete for case in accepted),
        error_rate=round(wrong / len(accepted), 4) if accepted else None,
        error_rate_at_most=error_rate_at_most(wrong, len(accepted)),
        made=conditions.made,
        command=conditions.command,
        program=conditions.program,
    )


def write_record(target: Path, record: Evaluation) -> None:
    """Write a record as YAML; its folder is made when needed."""
    local = any(model.startswith(LOCAL_MODEL) for model in record.answered_by)
    body = yaml.safe_dump(record.model_dump(mode="json"), sort_keys=False, allow_unicode=True, width=120)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(_HEADER + (_LOCAL_HEADER if local else "") + body, encoding="utf-8")


def record_path(pattern: Path, document_type: str) -> Path:
    """Return where the record of a type is written."""
    return Path(str(pattern).replace(TYPE_PLACEHOLDER, document_type))


def _named_otherwise(models: Iterable[str], deployments: Iterable[str]) -> list[str]:
    """Return the deployments that the local model server answered for although they are not its own."""
    if not any(model.startswith(LOCAL_MODEL) for model in models):
        return []
    return sorted(name for name in deployments if not name.startswith(LOCAL_MODEL))
