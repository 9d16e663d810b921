"""Run the static checks and every level of tests, then say in one table how many ran at each.

`python scripts/run_tests.py` runs everything but the levels on demand; `... unit worker` only those levels,
`... static` only the checks.
Exits 1 when anything failed. A level without tests counts 0 and fails nothing.
"""

import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
REPORTS = ROOT / ".test-reports"
LEVELS = ("architecture", "unit", "property", "conformance", "worker", "integration", "e2e", "browser")
ON_DEMAND = ("llm",)
"""Levels that need what `make setup` does not install; they run only when asked for by name."""
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
    """The counts of one level of tests; `seconds` is wall-clock time."""

    name: str
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0.0


@dataclass(frozen=True)
class Check:
    """A static check's outcome, with what it printed."""

    name: str
    ok: bool
    output: str
    seconds: float


def run_check(name: str) -> Check:
    """Run one static check quietly; its output is shown only when it failed."""
    start = time.monotonic()
    tool, *arguments = CHECKS[name]
    done = subprocess.run([BIN / tool, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    return Check(name, done.returncode == 0, done.stdout + done.stderr, time.monotonic() - start)


def run_level(name: str) -> Level:
    """Run one folder of tests with pytest, its output straight to the terminal, and count from its JUnit report."""
    folder, report = ROOT / "tests" / name, REPORTS / f"{name}.xml"
    report.unlink(missing_ok=True)
    if not any(folder.rglob("test_*.py")):
        return Level(name)
    print(f"\n--- {name} ---", flush=True)
    start = time.monotonic()
    command = [sys.executable, "-m", "pytest", "--no-header", f"--junit-xml={report}", str(folder)]
    command += ["-rP"] if name in ON_DEMAND else []  # what passing tests printed is what somebody asked for
    code = subprocess.run(command, cwd=ROOT, check=False).returncode
    seconds = time.monotonic() - start
    passed, failed, skipped = count(report)
    if code not in {0, NO_TESTS} and failed == 0:
        failed = 1  # pytest itself stopped: a conftest that does not import, a worker killed, an interrupt
    return Level(name, passed, failed, skipped, seconds)


def count(report: Path) -> tuple[int, int, int]:
    """Passed, failed (with errors) and skipped tests of a JUnit report; all 0 when pytest wrote none."""
    if not report.exists():
        return 0, 0, 0
    suites = ET.parse(report).getroot().findall("testsuite")  # noqa: S314 - pytest wrote it a moment ago
    total, failures, errors, skipped = (
        sum(int(suite.get(key, "0")) for suite in suites) for key in ("tests", "failures", "errors", "skipped")
    )
    return total - failures - errors - skipped, failures + errors, skipped


def show(checks: list[Check], levels: list[Level]) -> None:
    """Print what failed checks said, the table, and one closing line with the sums."""
    for check in checks:
        if not check.ok:
            print(f"\n--- {check.name} ---\n{check.output.strip()}")
    print(f"\n{'level':<14}{'passed':>8}{'failed':>8}{'skipped':>9}{'seconds':>9}")
    for level in levels:
        print(f"{level.name:<14}{level.passed:>8}{level.failed:>8}{level.skipped:>9}{level.seconds:>9.1f}")
    for check in checks:
        print(f"{check.name:<14}{'ok' if check.ok else 'FAILED':>8}{'':>17}{check.seconds:>9.1f}")
    passed, failed, skipped = (sum(getattr(level, key) for level in levels) for key in ("passed", "failed", "skipped"))
    print(f"\n{passed} passed, {failed} failed, {skipped} skipped", flush=True)


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
    with ThreadPoolExecutor(max_workers=1) as beside:  # the checks use the second core while the tests wait for things
        wanted = CHECKS if not chosen or "static" in chosen else {}
        pending: list[Future[Check]] = [beside.submit(run_check, name) for name in wanted]
        levels = [run_level(name) for name in (chosen or LEVELS) if name != "static"]
        checks = [future.result() for future in pending]
    show(checks, levels)
    return int(any(level.failed for level in levels) or not all(check.ok for check in checks))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
