"""`make test` leaves nothing out and counts right."""

import threading
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
    assert run_tests.Level("browser") == run_tests.run_shard(run_tests.Shard("browser", "browser", ()))


@pytest.mark.parametrize("level", run_tests.LEVELS)
def test_the_shards_of_a_level_leave_nothing_out(level: str) -> None:
    """Whatever a shard of its own takes is there, and the last shard runs the folder without exactly that."""
    *parts, rest = run_tests.shards(level)
    taken = [argument for part in parts for argument in part.arguments]
    options = run_tests.OPTIONS.get(level, ())
    assert (f"tests/{level}", *(f"--ignore={path}" for path in taken), *options) == rest.arguments
    assert [] == [path for path in taken if not (run_tests.ROOT / path).exists()]


def test_jobs_with_services_never_run_side_by_side() -> None:
    """They start first, one after the other; a job without services runs beside each of them."""
    busy = threading.Lock()
    meeting = threading.Barrier(2)

    def run_services() -> run_tests.Level:
        with_services = busy.acquire(blocking=False)
        meeting.wait(10)
        busy.release()
        return run_tests.Level("e2e", passed=int(with_services))

    def run_beside() -> run_tests.Level:
        meeting.wait(10)
        return run_tests.Level("unit", passed=1)

    jobs = [run_tests.Job(run_beside), run_tests.Job(run_beside)]
    jobs += [run_tests.Job(run_services, services=True), run_tests.Job(run_services, services=True)]
    outcomes = [outcome for outcome in run_tests.run_jobs(jobs) if isinstance(outcome, run_tests.Level)]
    assert (2, 2) == (run_tests.sum_of("e2e", outcomes).passed, run_tests.sum_of("unit", outcomes).passed)
