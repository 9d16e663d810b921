"""What `intray bench hostile` makes of reports and processes."""

import asyncio
import os
import sys

from quality.bench.hostile import outcome
from quality.bench.process_watch import ProcessWatch
from quality.evals.sets.hostile import Outcome


def test_a_report_tells_what_the_expectations_ask() -> None:
    """State, reasons, findings, pages with OCR, and the total of an invoice."""
    found = {
        "state": "in_review",
        "reasons": [{"code": "required", "message": "..."}],
        "findings": [{"rule": "no_text", "severity": "error"}],
        "ocr_pages": 2,
        "fields": {"grand_total": {"value": 119.0}},
    }
    expected = Outcome("in_review", frozenset({"required"}), frozenset({"no_text"}), ocr_pages=2, total=119.0)
    assert expected == outcome(found)
    assert Outcome(None) == outcome({})


async def test_processes_are_watched_by_their_level_and_their_end_is_counted() -> None:
    """A child is on the first level; its memory is seen, and that it went away."""
    watch = ProcessWatch(os.getpid())
    watching = asyncio.create_task(watch.run())
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", "input()", stdin=asyncio.subprocess.PIPE)
    while child.pid not in watch.peaks.get(1, {}):  # noqa: ASYNC110 - what is watched for is outside of this process
        await asyncio.sleep(0.05)
    assert watch.most(range(1, 2)) > 1
    await child.communicate(b"\n")
    while not watch.gone(range(1, 2)):  # noqa: ASYNC110 - as above
        await asyncio.sleep(0.05)
    watching.cancel()
    assert (0, 0.0) == (watch.gone(range(3, 9)), watch.most(range(3, 9)))
