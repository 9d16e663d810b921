"""A document is accepted only from a threshold that was evaluated under the present configuration."""

import json
from dataclasses import replace
from typing import Any

import pytest

from shared.domain.documents.extraction import Extraction, FieldValue, Signals
from shared.domain.documents.run import Run, State
from shared.domain.judging.routing import add_confidence, find_doubts, unmet_conditions
from shared.domain.models.catalogue import Catalogue
from shared.domain.types.document_type import DocumentType, Policy
from shared.domain.types.evaluation import Evaluation
from shared.testing.builders.evaluations import record_for, with_record
from tests.support.pipeline.world import CATALOGUE, NOTE, World, make_world

SEE, THINK = CATALOGUE.deployments
EVALUATED = with_record(NOTE, CATALOGUE)


def _with(**changes: Any) -> DocumentType:
    """The note with the record of an unchanged note."""
    return EVALUATED.model_copy(update=changes)


def _with_policy(**changes: Any) -> DocumentType:
    return _with(policy=NOTE.policy.model_copy(update=changes))


def _codes(kind: DocumentType, *deployments: Any) -> list[str]:
    catalogue = Catalogue(deployments=deployments) if deployments else CATALOGUE
    return [reason.code for reason in unmet_conditions(kind, catalogue.by_task())]


async def _outcome(world: World) -> Run:
    document = await world.drop()
    await world.settle()
    return await world.run(document)


async def test_a_type_without_a_threshold_accepts_nothing() -> None:
    """Every value may be certain: a person checks, and is told what would change that."""
    kind = NOTE.model_copy(update={"policy": Policy()})
    run = await _outcome(make_world(types=[kind]))
    assert (State.IN_REVIEW, ["no_threshold"]) == (run.state, [reason.code for reason in run.reasons])
    assert "set policy.accept_at" in run.reasons[0].message
    assert "--record FILE" in run.reasons[0].message


async def test_a_threshold_without_a_record_accepts_nothing() -> None:
    """What nobody measured is no ground to pass a document."""
    world = make_world()
    world.context.types.own = {"note": NOTE.with_version()}
    run = await _outcome(world)
    assert (State.IN_REVIEW, ["not_evaluated"]) == (run.state, [reason.code for reason in run.reasons])
    assert "no record" in run.reasons[0].message


async def test_another_deployment_than_the_evaluated_one_accepts_nothing() -> None:
    """The reason names what does the task now, and what did when it was evaluated."""
    world = make_world()
    catalogue = Catalogue(deployments=(SEE.model_copy(update={"name": "new"}), THINK))
    world.context = replace(world.context, gateway=replace(world.context.gateway, catalogue=catalogue))
    run = await _outcome(world)
    assert ["not_evaluated"] == [reason.code for reason in run.reasons]
    assert "vision is done by new, in the record by see" in run.reasons[0].message


async def test_an_evaluated_configuration_accepts() -> None:
    """The same document, with the record of this configuration."""
    assert State.FINALIZED is (await _outcome(make_world())).state


@pytest.mark.parametrize(
    "deployments",
    [
        (SEE.model_copy(update={"model": "another model"}), THINK),
        (SEE.model_copy(update={"version": "2026-11-01"}), THINK),
        (SEE, THINK.model_copy(update={"name": "thinks-more"})),
        (SEE, SEE.model_copy(update={"name": "dearer"}), THINK),
        (SEE,),
    ],
)
def test_any_change_of_what_answers_voids_the_record(deployments: tuple[Any, ...]) -> None:
    """Another name, another model or version behind the same name, one more that may be asked, one less."""
    assert ["not_evaluated"] == _codes(EVALUATED, *deployments)


@pytest.mark.parametrize("change", [{"input_price": 9.0}, {"image_side": 512}])
def test_prices_and_picture_bounds_are_no_part_of_it(change: dict[str, Any]) -> None:
    """A new price list does not call for an evaluation."""
    assert [] == _codes(EVALUATED, SEE.model_copy(update=change), THINK)


@pytest.mark.parametrize(
    "kind",
    [
        _with(fields=NOTE.fields[:2]),
        _with(rules=()),
        _with(labels=("Note",)),
        _with(description="Something else."),
        _with_policy(second_reading=True),
        _with_policy(relevant_pages=4),
        _with_policy(required_evidence=False),
        _with_policy(accept_at=0.7),
    ],
)
def test_a_changed_type_or_a_lower_threshold_voids_the_record(kind: DocumentType) -> None:
    """Whatever can change a value, a confidence or a route was not measured."""
    assert ["not_evaluated"] == _codes(kind)


@pytest.mark.parametrize("change", [{"accept_at": 0.95}, {"retention_days": 7}])
def test_a_higher_threshold_or_another_retention_keeps_the_record(change: dict[str, Any]) -> None:
    """A higher threshold accepts a part of what was measured, retention decides nothing."""
    assert [] == _codes(_with_policy(**change))


def test_one_valid_record_of_several_is_enough() -> None:
    """A type serves several configurations, and the reason speaks of the record that fits best."""
    azure = Catalogue(deployments=(SEE.model_copy(update={"name": "azure"}), THINK))
    records = (record_for(NOTE, azure), record_for(NOTE, CATALOGUE))
    kind = NOTE.model_copy(update={"evaluations": records})
    assert [] == _codes(kind)
    old = record_for(NOTE.model_copy(update={"rules": ()}), azure)
    [reason] = unmet_conditions(NOTE.model_copy(update={"evaluations": (old, records[0])}), CATALOGUE.by_task())
    assert "vision is done by see, in the record by azure" in reason.message
    assert "version" not in reason.message


def test_a_missing_threshold_is_no_doubt_about_values() -> None:
    """Whether the checking model is asked depends on the values alone, so that an evaluation measures the whole."""
    kind = NOTE.model_copy(update={"policy": Policy()})
    unsure = FieldValue(value="A-17", signals=Signals(grounded=1, ocr=0.5, parsed=1))
    assert () == find_doubts(kind, add_confidence(Extraction(fields={"number": unsure})))


def test_a_stored_type_keeps_the_shape_that_earlier_versions_demand() -> None:
    """They refuse a threshold that is no number, and keys that they do not know."""
    stored = json.loads(with_record(NOTE.model_copy(update={"policy": Policy()}), CATALOGUE).model_dump_json())
    assert "accept_at" not in stored["policy"]
    stored = json.loads(EVALUATED.model_dump_json())
    assert (0.8, False) == (stored["policy"]["accept_at"], "evaluations" in stored)
    assert DocumentType.model_validate(stored).evaluated_version == EVALUATED.evaluated_version


async def test_a_stored_version_keeps_its_records_and_takes_new_ones() -> None:
    """A Run that goes on with an earlier version of its type is decided by what was known of that version."""
    world = make_world()
    types = world.context.types
    await types.keep(NOTE.with_version())
    await types.keep(with_record(NOTE.with_version(), CATALOGUE))
    types.own = {}
    world.clock.advance(types.patience)
    kept = await types.load_version("note", NOTE.with_version().version)
    assert (record_for(NOTE, CATALOGUE),) == kept.evaluations


def test_a_record_is_bounded_by_its_fields() -> None:
    """A record that states an impossible rate is none."""
    with pytest.raises(ValueError, match="error_rate"):
        Evaluation.model_validate(record_for(NOTE, CATALOGUE).model_dump() | {"error_rate": 2})
