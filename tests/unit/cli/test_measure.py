"""What every command that measures promises: the shape of its JSON, its table and its exit code."""

import json
from pathlib import Path

import pytest

from quality.measure import Better, Figure, exit_code, figures_table, report, write


@pytest.mark.parametrize(
    ("value", "goal", "better", "ok"),
    [
        (1, None, "lower", True),
        (1, 1, "lower", True),
        (2, 1, "lower", False),
        (2, 1, "higher", True),
        (0, 1, "higher", False),
    ],
)
def test_a_goal_is_met_from_its_better_side(value: float, goal: float | None, better: Better, ok: bool) -> None:
    """On the goal is met; without a goal nothing is missed."""
    assert ok == Figure(name="n", value=value, goal=goal, better=better).ok


def test_a_missed_goal_fails_only_when_it_is_checked() -> None:
    """It ran: that is a success, whatever was found, unless one asks for more."""
    figures = [Figure(name="a", value=1, goal=1), Figure(name="b", value=2, goal=1)]
    assert (0, 1, 0) == (exit_code(figures, False), exit_code(figures, True), exit_code(figures[:1], True))


def test_the_report_has_the_agreed_shape(tmp_path: Path) -> None:
    """Other programs read it: command, commit, machine, figures, then the command's own details."""
    figures = [Figure(name="lost", value=0, unit="documents", goal=0)]
    write(tmp_path / "new" / "out.json", report("chaos", figures, {"seed": 3}))
    found = json.loads((tmp_path / "new" / "out.json").read_text())
    assert ["command", "commit", "machine", "figures", "seed"] == list(found)
    assert [{"name": "lost", "value": 0, "unit": "documents", "goal": 0, "better": "lower", "ok": True}] == [
        found["figures"][0]
    ]


def test_the_table_marks_what_missed_its_goal() -> None:
    """A figure without a goal has no mark."""
    table = figures_table("t", [Figure(name="a", value=2, goal=1), Figure(name="b", value=2)])
    marks = [str(cell) for cell in table.columns[-1].cells]
    assert ["MISSED", ""] == marks
