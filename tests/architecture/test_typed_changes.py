"""Values change by name in the sight of mypy: no field name is a string, and no function takes any change at all."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT, RUNTIME, functions, parsed, python_files

UNTYPED_KEYWORDS = {
    "shared/domain/base/frozen.py::__replace__": "the run-time side of copy.replace, which the plugin types",
    "shared/environment.py::__init__": "wraps that of BaseSettings; a wrong name or value is an error at run time",
}
SNIPPET = """
from copy import replace
from datetime import UTC, datetime
from shared.domain.documents.review import ReviewTask
from shared.domain.documents.run import Run, State, advance, amend
from shared.pipeline.context import Context
from shared.pipeline.store.runs import Snapshot, move, save_plan

now = datetime.now(UTC)

async def change(context: Context, snapshot: Snapshot, run: Run, task: ReviewTask) -> None:
    {statement}
"""


def _annotation(function: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    keywords = function.args.kwarg
    return ast.unparse(keywords.annotation) if keywords and keywords.annotation else ""


def test_no_function_takes_keywords_that_mypy_cannot_check() -> None:
    """A parameter `**changes: Any` or `object` accepts a name with a typing mistake in it."""
    untyped = {
        f"{name}::{function.name}"
        for name in python_files(*RUNTIME)
        for function in functions(parsed(name))
        if _annotation(function) in {"Any", "object"}
    }
    assert set(UNTYPED_KEYWORDS) == untyped


def test_no_value_is_changed_by_the_names_of_its_fields_as_strings() -> None:
    """`copy.replace` instead of `model_copy(update=...)`: the second checks neither names nor values."""
    places = [
        f"{name}:{node.lineno}"
        for name in python_files(*RUNTIME)
        for node in ast.walk(parsed(name))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "model_copy"
    ]
    assert [] == places


@pytest.mark.timeout(180)  # without mypy's cache
def test_mypy_rejects_changes_of_unknown_fields_and_of_wrong_types(tmp_path: Path) -> None:
    """Each wrong statement is an error of mypy's, and each right one is none."""
    right = (
        "amend(run, now, tasks_left=3)",
        "advance(run, State.READING, now, pages=3)",
        "await move(context, snapshot, State.READING, pages=3)",
        "await save_plan(context, snapshot, tasks_left=3)",
        "replace(task, claims=3)",
    )
    wrong = (
        "amend(run, now, tasks_lef=3)",
        "amend(run, now, tasks_left='3')",
        "amend(run, now, state=State.FINALIZED)",
        "advance(run, State.READING, now, page=3)",
        "await move(context, snapshot, State.READING, page=3)",
        "await save_plan(context, snapshot, tasks_lef=3)",
        "replace(task, claim=3)",
        "replace(task, claims='3')",
    )
    code = SNIPPET.format(statement="\n    ".join((*right, *wrong)))
    first = code.splitlines().index(f"    {wrong[0]}") + 1
    snippet = tmp_path / "snippet.py"
    snippet.write_text(code)
    command = [sys.executable, "-m", "mypy", "--no-error-summary", str(snippet)]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    lines = [int(line.split(":")[1]) for line in answer.stdout.splitlines() if ": error: " in line]
    assert list(range(first, first + len(wrong))) == sorted(set(lines)), answer.stdout + answer.stderr
