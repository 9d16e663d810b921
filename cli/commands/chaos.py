"""`intray chaos`: what is promised, measured while everything breaks."""

import time
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

from local.terminal import console
from quality.chaos.evidence import audit, payments
from quality.chaos.evidence.evidence import Evidence
from quality.chaos.run import Wish, run
from quality.measure import exit_code, figures_table, report, write
from shared.domain.documents.run import State

_SHOWN = 20


async def chaos(wish: Wish, out: Path | None, check: bool) -> int:
    """Do a run, show its figures, write them to `out`; 1 when `check` is asked for and a goal is missed, else 0."""
    terminal = console()
    began = time.monotonic()

    def tell(text: str) -> None:
        terminal.print(f"{time.monotonic() - began:6.1f} s  {text}", markup=False, soft_wrap=True)

    found = await run(wish, tell)
    figures = audit.figures(found)
    terminal.print(figures_table(f"chaos, seed {wish.seed}", figures))
    for name, ids in _missed(found).items():
        terminal.print(f"{name}: {', '.join(ids[:_SHOWN])}", markup=False, soft_wrap=True)
    if out is not None:
        write(out, report("chaos", figures, {**asdict(wish), **_details(found)}))
    return exit_code(figures, check)


def _details(found: Evidence) -> dict[str, Any]:
    """Return what a reader of the JSON needs to look into a figure."""
    runs = [run for rows in found.documents.values() for run in rows.runs.values()]
    tries = list(found.payments.tries.values())
    return {
        "states": Counter(run.state.value for run in runs),
        "failures": Counter(reason.code for run in runs if run.state is State.FAILED for reason in run.reasons),
        "faults": found.faults,
        "lost calls": {cause: len(calls) for cause, calls in payments.lost(found.payments).items()},
        "tries": {str(count): tries.count(count) for count in sorted(set(tries))},
        "poison": found.poison,
        "waiting": found.waiting,
        "missed": _missed(found),
    }


def _paid_otherwise(found: payments.Payments) -> list[str]:
    """Requests that were paid too often or too seldom, each with all that is known of its calls."""
    told = []
    for request in payments.paid_otherwise(found):
        calls = [
            f"{call.token}: {call.status}{'' if call.heard else ' unheard'}{' killed' * (call.process in found.killed)}"
            f"{' refused' * (call.token in found.refused)}"
            for call in found.calls
            if call.request == request
        ]
        told.append(f"{request} keeps {found.stored.get(request)}; tries {found.tries.get(request)}; {calls}")
    return told


def _missed(found: Evidence) -> dict[str, list[str]]:
    """Return the ids behind the figures that should be zero, where they are not."""
    told = {
        "lost": audit.lost(found),
        "without exactly one outcome": audit.not_one_outcome(found),
        "failed though good": audit.failed_though_good(found),
        "copies of what has no result": audit.stranded_copies(found),
        "never told": audit.untold(found),
        "told without a fact": audit.unfounded(found),
        "told in two ways": audit.said_differently(found),
        "finalized too early": found.premature,
        "finalized without its result": audit.without_result(found),
        "still active": found.marks,
        "paid otherwise": _paid_otherwise(found.payments),
    }
    return {name: ids for name, ids in told.items() if ids}
