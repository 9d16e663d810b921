"""The evaluation records of a document type: files of its folder that `policy.evaluation` names."""

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from pydantic import ValidationError

from shared.document_types.yaml_files.folder import TYPE_FILE, InvalidType, TypeFolder
from shared.document_types.yaml_files.source import Source
from shared.domain.types.document_type import DocumentType, TypeProblem
from shared.domain.types.evaluation import Evaluation

KEY = "evaluation"
_PATH = ("policy", KEY)
_REMAKE = "run `intray eval SET_DIR --types DIR --record FILE`"


def read_evaluations(folder: TypeFolder, source: Source) -> tuple[Evaluation, ...]:
    """Read the records that the policy names; what is wrong is noted in `source`."""
    policy = source.body.get("policy")
    named = policy.get(KEY, []) if isinstance(policy, dict) else []
    names = [named] if isinstance(named, str) else named
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        source.tell(
            _PATH, "policy.evaluation is not a file name or a list of file names", "write evaluations/NAME.yaml"
        )
        return ()
    records = (_read_record(folder, source, name) for name in dict.fromkeys(names))
    return tuple(record for record in records if record is not None)


def without_evaluations(policy: Any) -> Any:  # noqa: ANN401 - YAML before it is validated
    """Return the policy of a `type.yaml` without the names of its records, as the domain type has it."""
    return {key: value for key, value in policy.items() if key != KEY} if isinstance(policy, Mapping) else policy


def check_evaluations(folder: TypeFolder, document_type: DocumentType) -> list[TypeProblem]:
    """Return why a valid type's threshold cannot be in force under any configuration: no or only outdated records."""
    file, accept_at = folder.at(TYPE_FILE), document_type.policy.accept_at
    if accept_at is None:
        return []
    if not document_type.evaluations:
        message = "policy.accept_at is set, but no evaluation record is named: every document goes to a person"
        return [TypeProblem(file=file, message=message, remedy=f"{_REMAKE} and name the file in policy.evaluation")]
    version = document_type.evaluated_version
    return [
        TypeProblem(file=file, message=f"the record of {record.made} is not valid: {why}", remedy=_REMAKE)
        for record in document_type.evaluations
        for why in record.differences(accept_at, version, record.deployments)
    ]


def _read_record(folder: TypeFolder, source: Source, name: str) -> Evaluation | None:
    path = PurePosixPath(name).as_posix()
    if path not in folder.files:
        source.tell(_PATH, f"policy.evaluation: the folder has no file {name}", f"{_REMAKE}, or remove the name")
        return None
    try:
        body = Source(folder.at(path), folder.files[path]).body
        record = Evaluation.model_validate(body)
    except InvalidType as error:
        source.problems += error.problems
        return None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(step) for step in first["loc"]) or "the file"
        problem = TypeProblem(
            file=folder.at(path), message=f"not an evaluation record: {where}: {first['msg']}", remedy=_REMAKE
        )
        source.problems.append(problem)
        return None
    if record.document_type != source.body.get("name"):
        message = f"{name} is a record of the type {record.document_type!r}"
        source.tell(_PATH, message, "name a record of this type")
        return None
    return record
