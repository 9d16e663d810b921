"""The limits of structure: depth of imports, cycles, files in a folder, width of the documentation."""

from functools import cache

from scripts.structure import problems
from tests.architecture.tree import ROOT

NAME_LIMITS = ("vague name: ", "participle: ")


@cache
def exceeded() -> tuple[str, ...]:
    """Every limit of scripts/structure.py that the tree exceeds."""
    return tuple(problems(ROOT)[1])


def test_packages_are_shallow_small_and_without_cycles() -> None:
    """At most 6 levels of imports in a package, 12 files in a folder, 120 columns in a document; no import cycle."""
    assert [] == [problem for problem in exceeded() if not problem.startswith(NAME_LIMITS)]
