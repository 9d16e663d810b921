"""Files fit on a few screens, functions are read at a glance, and a file's name says what is in it."""

from pathlib import PurePath

from tests.architecture.tree import ROOT, functions, parsed, python_files

MAX_FILE_LINES = 300
MAX_FUNCTION_LINES = 45
SAYS_NOTHING = {"utils", "util", "helpers", "helper", "common", "misc"}

# What may be longer, each with its reason: "path" for a file, "path::function" for a function.
MAY_BE_LONGER: dict[str, str] = {}


def too_long() -> set[str]:
    """The files and functions over the limit, named as in MAY_BE_LONGER."""
    found: set[str] = set()
    for name in python_files():
        if len((ROOT / name).read_text(encoding="utf-8").splitlines()) > MAX_FILE_LINES:
            found.add(name)
        for function in functions(parsed(name)):
            if (function.end_lineno or function.lineno) - function.lineno + 1 > MAX_FUNCTION_LINES:
                found.add(f"{name}::{function.name}")
    return found


def test_files_and_functions_are_short() -> None:
    """At most 300 lines a file and 45 a function, and no exception is kept that is no longer needed."""
    assert set(MAY_BE_LONGER) == too_long()


def test_no_file_is_a_drawer_for_everything() -> None:
    """A module named utils, helpers or common gathers what has no home; give it one."""
    drawers = [name for name in python_files() if SAYS_NOTHING & set(PurePath(name).with_suffix("").parts)]
    assert [] == drawers
