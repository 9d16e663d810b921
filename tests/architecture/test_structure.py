"""The limits of structure: depth of imports, cycles, files in a folder, names, width of the documentation."""

from scripts.structure import problems
from tests.architecture.tree import ROOT


def test_the_tree_stays_within_the_limits_of_its_structure() -> None:
    """At most 6 levels of imports in a package, 12 files in a folder, 1 % of vague names, 120 columns; no cycle."""
    assert [] == problems(ROOT)[1]
