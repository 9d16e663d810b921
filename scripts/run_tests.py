"""Run the static checks and every level of tests, then say in one table how many ran at each.

`python scripts/run_tests.py` runs everything but the levels on demand; `... unit worker` only those levels,
`... static` only the checks. Two processes run at a time; a level's seconds are those of all its processes.
Exits 1 when anything failed. A level without tests counts 0 and fails nothing.
"""

import os
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
REPORTS = ROOT / ".test-reports"
LEVELS = ("architecture", "unit", "property", "conformance", "worker", "integration", "e2e", "browser")
ON_DEMAND = ("llm",)
"""Levels that need what `make setup` does not install; they run only when asked for by name."""
SERVICES = frozenset({"worker", "integration", "e2e", "browser", "llm"})
"""Levels that start a local cloud or parts of it, and wait for it: never two of them at the same time."""
SPLIT: dict[str, dict[str, tuple[str, ...]]] = {
    "unit": {"adapters": ("adapters", "quality", "local", "rule_reader", "document_types", "cli", "functions")},
    "integration": {
        "files": ("test_hostile_set.py", "test_twin_sets.py", "test_injection_from_files.py", "test_text_layers.py"),
        "processes": ("isolation",),
    },
}
"""Parts of a level that run in a pytest process of their own, without services; the rest of the level is another."""
OPTIONS = {
    "llm": ("-rP",),  # what passing tests printed is what somebody asked for
    "property": ("--hypothesis-profile", "short"),  # `make property-long` searches further
}
"""Arguments of pytest by level."""
PROCESSES = 2
BYTECODE = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(REPORTS / "bytecode")}
"""Environment of the test processes: modules are compiled once for all of them, also where no bytecode is written."""
MARKDOWN = (*sorted(page.name for page in ROOT.glob("*.md")), "docs", "samples")
CHECKS = {
    "ruff check": ("ruff", "check", "--quiet", "."),
    "ruff format": ("ruff", "format", "--check", "--quiet", "."),
    "markdown": ("mdformat", "--check", *MARKDOWN),
    "imports": ("lint-imports",),
    "mypy": ("mypy", "--no-error-summary"),
}
NO_TESTS = 5  # pytest's exit code when it collected nothing


@dataclass(frozen=True)
class Level:
    """The counts of one level of tests; `seconds` is the time of its processes, which may have run side by side."""

    name: str
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0.0


@dataclass(frozen=True)
class Shard:
    """What one pytest process runs of a level; `services` tells that it starts services and waits for them."""

    level: str
    name: str
    arguments: tuple[str, ...]
    services: bool = False


@dataclass(frozen=True)
class Check:
    """A static check's outcome, with what it printed."""

    name: str
    ok: bool
    output: str
    seconds: float


type Outcome = Level | Check


@dataclass(frozen=True, eq=False)
class Job:
    """A static check or a shard that waits for its turn."""

    run: Callable[[], Outcome]
    services: bool = False


def run_check(name: str) -> Check:
    """Run one static check quietly; its output is shown only when it failed."""
    start = time.monotonic()
    tool, *arguments = CHECKS[name]
    done = subprocess.run([BIN / tool, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    return Check(name, done.returncode == 0, done.stdout + done.stderr, time.monotonic() - start)


def shards(level: str) -> list[Shard]:
    """Return the shards of a level; the last one is whatever the level's folder holds beside the others."""
    folder = f"tests/{level}"
    options = OPTIONS.get(level, ())
    parts = {name: tuple(f"{folder}/{path}" for path in paths) for name, paths in SPLIT.get(level, {}).items()}
    rest = [folder, *(f"--ignore={path}" for paths in parts.values() for path in paths)]
    return [
        *(Shard(level, f"{level}-{name}", (*paths, *options)) for name, paths in parts.items()),
        Shard(level, level, (*rest, *options), level in SERVICES),
    ]


def run_shard(shard: Shard) -> Level:
    """Run a shard with pytest, print its output when it ends, and count from its JUnit report."""
    report = REPORTS / f"{shard.name}.xml"
    report.unlink(missing_ok=True)
    if not any((ROOT / "tests" / shard.level).rglob("test_*.py")):
        return Level(shard.level)
    start = time.monotonic()
    command = [sys.executable, "-m", "pytest", "--no-header", f"--junit-xml={report}", *shard.arguments]
    environment = {**os.environ, **BYTECODE}
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    seconds = time.monotonic() - start
    print(f"\n--- {shard.name} ---\n{done.stdout.strip()}", flush=True)
    passed, failed, skipped = count(report)
    if done.returncode not in {0, NO_TESTS} and failed == 0:
        failed = 1  # pytest itself stopped: a conftest that does not import, a worker killed, an interrupt
    return Level(shard.level, passed, failed, skipped, seconds)


def next_startable(waiting: Sequence[Job], *, services_busy: bool) -> Job | None:
    """Return the first job that may start now: two that run services would take each other's processor time."""
    return next((job for job in waiting if not (job.services and services_busy)), None)


def run_jobs(jobs: Iterable[Job]) -> list[Outcome]:
    """Run jobs on two cores, those with services first and one after the other; return what came of each."""
    waiting = sorted(jobs, key=lambda job: not job.services)
    running: dict[Future[Outcome], Job] = {}
    outcomes: list[Outcome] = []
    with ThreadPoolExecutor(max_workers=PROCESSES) as pool:
        while waiting or running:
            services_busy = any(job.services for job in running.values())
            startable = next_startable(waiting, services_busy=services_busy) if len(running) < PROCESSES else None
            if startable is not None:
                waiting.remove(startable)
                running[pool.submit(startable.run)] = startable
                continue
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                outcomes.append(future.result())
                del running[future]
    return outcomes


def sum_of(name: str, finished: Iterable[Level]) -> Level:
    """Return the counts of a level over its shards."""
    own = [level for level in finished if level.name == name]
    passed, failed, skipped = (sum(getattr(level, key) for level in own) for key in ("passed", "failed", "skipped"))
    return Level(name, passed, failed, skipped, sum(level.seconds for level in own))


def count(report: Path) -> tuple[int, int, int]:
    """Count passed, failed (with errors) and skipped tests of a JUnit report; all 0 when pytest wrote none."""
    if not report.exists():
        return 0, 0, 0
    suites = ET.parse(report).getroot().findall("testsuite")  # noqa: S314 - pytest wrote it a moment ago
    total, failures, errors, skipped = (
        sum(int(suite.get(key, "0")) for suite in suites) for key in ("tests", "failures", "errors", "skipped")
    )
    return total - failures - errors - skipped, failures + errors, skipped


def show(checks: Sequence[Check], levels: Sequence[Level], seconds: float) -> None:
    """Print what failed checks said, the table, and one closing line with the sums and the time of it all."""
    for check in checks:
        if not check.ok:
            print(f"\n--- {check.name} ---\n{check.output.strip()}")
    print(f"\n{'level':<14}{'passed':>8}{'failed':>8}{'skipped':>9}{'seconds':>9}")
    for level in levels:
        print(f"{level.name:<14}{level.passed:>8}{level.failed:>8}{level.skipped:>9}{level.seconds:>9.1f}")
    for check in checks:
        print(f"{check.name:<14}{'ok' if check.ok else 'FAILED':>8}{'':>17}{check.seconds:>9.1f}")
    passed, failed, skipped = (sum(getattr(level, key) for level in levels) for key in ("passed", "failed", "skipped"))
    print(f"\n{passed} passed, {failed} failed, {skipped} skipped, in {seconds:.0f} s", flush=True)


def main(chosen: list[str]) -> int:
    """Run what was asked for (everything, when nothing was) and return the exit code."""
    unknown = set(chosen) - {*LEVELS, *ON_DEMAND, "static"}
    if unknown:
        print(
            f"no such level: {', '.join(sorted(unknown))}; there are: static, {', '.join(LEVELS + ON_DEMAND)}",
            file=sys.stderr,
        )
        return 2
    REPORTS.mkdir(exist_ok=True)
    names = [name for name in dict.fromkeys(chosen or LEVELS) if name != "static"]
    start = time.monotonic()
    jobs = [Job(partial(run_check, name)) for name in (CHECKS if not chosen or "static" in chosen else ())]
    jobs += [Job(partial(run_shard, shard), shard.services) for name in names for shard in shards(name)]
    outcomes = run_jobs(jobs)
    checks = [outcome for outcome in outcomes if isinstance(outcome, Check)]
    levels = [sum_of(name, [outcome for outcome in outcomes if isinstance(outcome, Level)]) for name in names]
    show(checks, levels, time.monotonic() - start)
    return int(any(level.failed for level in levels) or not all(check.ok for check in checks))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
