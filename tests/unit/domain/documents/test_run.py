"""The state machine of a Run."""

from datetime import UTC, datetime
from typing import get_type_hints

import pytest

from shared.domain.documents.run import TRANSITIONS, IllegalTransition, Run, RunChanges, State, advance, amend

NOW = datetime(2026, 11, 22, tzinfo=UTC)
LATER = datetime(2026, 11, 23, tzinfo=UTC)
PAIRS = [(before, after) for before in State for after in State]


def _run(state: State) -> Run:
    return Run(document_id="d1", state=state, updated=NOW)


@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_only_legal_transitions_happen(before: State, after: State) -> None:
    """A transition is made exactly when the table has it."""
    if after in TRANSITIONS[before]:
        assert after is advance(_run(before), after, LATER).state
    else:
        with pytest.raises(IllegalTransition):
            advance(_run(before), after, LATER)


@pytest.mark.parametrize("state", list(State))
def test_every_state_but_the_first_can_be_reached_and_every_run_can_end(state: State) -> None:
    """No state is out of reach, and from each there is a way to an outcome."""
    if state is not State.RECEIVED:
        assert any(state in after for after in TRANSITIONS.values())
    seen, frontier = {state}, [state]
    while frontier:
        new = TRANSITIONS[frontier.pop()] - seen
        seen |= new
        frontier += new
    assert any(not TRANSITIONS[reached] for reached in seen)


def test_each_change_has_its_own_number() -> None:
    """Audit rows and events are keyed by the sequence number, so no two changes may share one."""
    run = amend(advance(_run(State.RECEIVED), State.READING, LATER), LATER, tasks_left=3)
    assert (2, 3, LATER) == (run.sequence, run.tasks_left, run.updated)


def test_an_ended_run_knows_when() -> None:
    """The end of a Run is written down once it has its outcome, and not before."""
    assert advance(_run(State.RECEIVED), State.READING, LATER).finished is None
    assert LATER == advance(_run(State.READING), State.FAILED, LATER).finished
    assert advance(_run(State.DECIDING), State.IN_REVIEW, LATER).is_settled


@pytest.mark.parametrize("name", ["tasks_lef", "state", "sequence", "updated", "finished", "document_id", "number"])
def test_a_change_of_an_unknown_or_reserved_field_raises(name: str) -> None:
    """mypy refuses these names too; a caller that it does not see must not write a field that nobody reads."""
    with pytest.raises(TypeError, match=name):
        amend(_run(State.READING), LATER, **{name: 3})  # type: ignore[arg-type]  # the mistake
    with pytest.raises(TypeError, match=name):
        advance(_run(State.READING), State.EXTRACTING, LATER, **{name: 3})  # type: ignore[arg-type]  # the mistake


@pytest.mark.parametrize(("name", "value"), [("tasks_left", "3"), ("bill", {"calls": "x"}), ("reasons", "none")])
def test_a_change_to_a_value_of_the_wrong_type_raises(name: str, value: object) -> None:
    """A Run that no reader accepts is never stored."""
    with pytest.raises(ValueError, match=name):
        amend(_run(State.READING), LATER, **{name: value})  # type: ignore[arg-type]  # the mistake


def test_every_field_of_a_run_can_be_changed_or_is_reserved() -> None:
    """RunChanges repeats the fields of a Run with their types; a new field must be in both."""
    reserved = {"document_id", "number", "state", "started", "updated", "sequence", "finished"}
    fields = {name: hint for name, hint in get_type_hints(Run).items() if name in Run.model_fields}
    assert {name: hint for name, hint in fields.items() if name not in reserved} == get_type_hints(RunChanges)
