"""Evaluation records in a type's folder: read, refused with a remedy, reported when outdated."""

from pathlib import Path

import pytest
import yaml

from local.cloud.options import OFFLINE_CATALOGUE
from shared.document_types.evaluations import check_evaluations
from shared.document_types.loader import BUILT_IN, load_types, read_type
from shared.document_types.yaml_files.folder import InvalidType, TypeFolder, from_disk
from shared.domain.judging.routing import unmet_conditions
from shared.domain.models.catalogue import Catalogue
from shared.domain.types.document_type import DocumentType
from shared.testing.builders.evaluations import record_for

TYPE = """
name: note
title: Note
schema: {type: object, properties: {number: {type: string}}}
policy: {accept_at: 0.9%s}
"""
LOCAL = Catalogue.model_validate(yaml.safe_load(OFFLINE_CATALOGUE.read_text()))


def _read(policy: str, **files: bytes) -> tuple[TypeFolder, DocumentType]:
    folder = TypeFolder("note", {"type.yaml": (TYPE % policy).encode(), **files}, "note")
    return folder, read_type(folder)


def _record(**changes: object) -> bytes:
    record = record_for(_read("")[1], LOCAL).model_dump(mode="json") | changes
    return yaml.safe_dump(record).encode()


@pytest.mark.parametrize("policy", [", evaluation: a.yaml", ", evaluation: [a.yaml]"])
def test_a_named_record_belongs_to_the_type(policy: str) -> None:
    """One file or a list; it changes neither the version of the type nor the one that records are for."""
    folder, kind = _read(policy, **{"a.yaml": _record()})
    assert (LOCAL.by_task(),) == tuple(record.deployments for record in kind.evaluations)
    plain = _read("")[1]
    assert (plain.version, plain.evaluated_version) == (kind.version, kind.evaluated_version)
    assert [] == check_evaluations(folder, kind)


@pytest.mark.parametrize(
    ("policy", "record", "message"),
    [
        (", evaluation: b.yaml", b"", "the folder has no file b.yaml"),
        (", evaluation: 7", b"", "or a list of file names"),
        (", evaluation: a.yaml", b"- 1", "not an evaluation record"),
        (", evaluation: a.yaml", b"{", "not valid YAML"),
        (", evaluation: a.yaml", b"{document_type: note}", "not an evaluation record: type_version"),
        (", evaluation: a.yaml", _record(document_type="other"), "a record of the type 'other'"),
        (", evaluation: a.yaml", _record(more=1), "not an evaluation record: more"),
    ],
)
def test_a_wrong_record_is_refused_where_it_stands(policy: str, record: bytes, message: str) -> None:
    """The problem names the file, and the remedy is the command that makes a record."""
    with pytest.raises(InvalidType, match=message):
        _read(policy, **{"a.yaml": record})


def test_a_threshold_without_a_record_is_reported() -> None:
    """The type is valid; its author is told that it accepts nothing."""
    [problem] = check_evaluations(*_read(""))
    assert "every document goes to a person" in problem.message
    assert "--record FILE" in problem.remedy


@pytest.mark.parametrize(
    ("change", "message"),
    [({"type_version": "0" * 16}, "the type is version"), ({"accept_at": 0.95}, "accept_at is 0.9, lower than 0.95")],
)
def test_an_outdated_record_is_reported(change: dict[str, object], message: str) -> None:
    """Whatever deployments it is for: no configuration makes it valid."""
    folder, kind = _read(", evaluation: a.yaml", **{"a.yaml": _record(**change)})
    assert message in check_evaluations(folder, kind)[0].message


def test_the_records_of_the_built_in_types_are_those_of_the_types_as_they_are() -> None:
    """After a change of a built-in type: `make records`."""
    types = load_types(BUILT_IN)
    evaluated = {name for name, kind in types.items() if kind.evaluations}
    assert {"invoice", "receipt"} == evaluated
    for name in evaluated:
        assert () == unmet_conditions(types[name], LOCAL.by_task())
        assert [] == check_evaluations(from_disk(BUILT_IN / name), types[name])


def test_the_records_of_the_built_in_types_count_for_no_real_deployment() -> None:
    """They were made with a reader that is no language model."""
    real = Catalogue.model_validate(yaml.safe_load(Path("shared/models.yaml").read_text()))
    for kind in load_types(BUILT_IN).values():
        [reason] = unmet_conditions(kind, real.by_task())
        assert reason.code in {"not_evaluated", "no_threshold"}
    assert {name for names in LOCAL.by_task().values() for name in names}.isdisjoint(
        name for names in real.by_task().values() for name in names
    )


def test_two_local_deployments_read() -> None:
    """Types with a second reading need another one than the first."""
    first = LOCAL.for_task("vision")
    assert LOCAL.after(first.name, "vision") is not None
