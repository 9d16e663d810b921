"""`make test` leaves nothing out and counts right."""

from pathlib import Path, PurePath

import pytest

from scripts import run_tests
from tests.architecture.tree import python_files


def test_every_test_file_belongs_to_a_level() -> None:
    """A test outside the levels would never run, by `make test` or on demand."""
    tests = [PurePath(name) for name in python_files("tests/") if PurePath(name).name.startswith("test_")]
    levels = run_tests.LEVELS + run_tests.ON_DEMAND
    assert [] == [str(path) for path in tests if path.parts[1] not in levels]


def test_a_report_is_counted_by_outcome(tmp_path: Path) -> None:
    """Errors count as failures, and what neither failed nor was skipped passed."""
    report = tmp_path / "report.xml"
    report.write_text('<testsuites><testsuite tests="9" failures="2" errors="1" skipped="3"/></testsuites>')
    assert (3, 3, 3) == run_tests.count(report)


def test_a_level_without_a_report_counts_nothing(tmp_path: Path) -> None:
    """Where pytest could not even start, no old number is shown."""
    assert (0, 0, 0) == run_tests.count(tmp_path / "missing.xml")


def test_an_empty_level_is_shown_as_zero_and_fails_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A level that has no tests yet stands in the table with 0."""
    monkeypatch.setattr(run_tests, "ROOT", tmp_path)
    monkeypatch.setattr(run_tests, "REPORTS", tmp_path)
    assert run_tests.Level("browser") == run_tests.run_level("browser")
