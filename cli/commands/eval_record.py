"""`intray eval --record`: writes what the evaluation showed of each type where the type's policy can refer to it."""

import shlex
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from local.cloud.options import CloudOptions
from local.terminal import complain, console
from quality.evals.evaluation import Case
from quality.evals.record import TYPE_PLACEHOLDER, Conditions, InvalidRecord, make_record, record_path, write_record
from quality.measure import commit
from shared import bootstrap
from shared.domain.models.catalogue import Catalogue
from shared.domain.types.document_type import DocumentType
from shared.settings import settings


def catalogue_of(options: CloudOptions) -> Catalogue:
    """Return the deployments that a cloud with these options asks."""
    local_catalogue = options.local_catalogue
    chosen_settings = (
        settings().model_copy(update={"model_catalogue": local_catalogue}) if local_catalogue else settings()
    )
    return bootstrap.catalogue(chosen_settings)


def check_recordable(pattern: Path, types: Mapping[str, DocumentType], labels: set[str], drafted: set[str]) -> None:
    """Raise InvalidRecord before anything is processed when no record could be written of the types in `labels`."""
    if labels & drafted:
        names = ", ".join(sorted(labels & drafted))
        raise InvalidRecord(f"{names}: the type was drafted for this evaluation alone. Give it with --types DIR.")
    if len(labels) > 1 and TYPE_PLACEHOLDER not in str(pattern):
        raise InvalidRecord(f"The set has {len(labels)} types: write {TYPE_PLACEHOLDER} in the path of --record.")
    for name in sorted(labels):
        if types[name].policy.accept_at is None:
            raise InvalidRecord(f"{name}: set policy.accept_at in its type.yaml, and run this again.")


def write_records(pattern: Path, scored_cases: Sequence[Case], conditions: Conditions) -> int:
    """Write a record for each type of the cases and say what it states; 1 when none can be made."""
    document_types = {case.kind.name: case.kind for case in scored_cases}
    for name, document_type in sorted(document_types.items()):
        try:
            record = make_record(scored_cases, document_type, conditions)
        except InvalidRecord as error:
            complain(str(error))
            return 1
        target = record_path(pattern, name)
        write_record(target, record)
        text = (
            f"{name}: {record.accepted} of {record.documents} accepted at {record.accept_at:g}, {record.wrong} of them"
            f" wrong; the error rate is at most {record.error_rate_at_most:.1%} (95 %). Recorded in {target}."
        )
        console().print(text, markup=False)
    return 0


def conditions(set_name: str, options: CloudOptions, answered_by: Sequence[str]) -> Conditions:
    """Return how this process evaluates."""
    command = shlex.join(["intray", *sys.argv[1:]])
    program = f"intray {version('intray')} ({commit()})"
    made = datetime.now(UTC).date()
    return Conditions(set_name, catalogue_of(options), tuple(answered_by), made, command, program)
