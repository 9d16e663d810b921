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

MAX_SHOWN_IDS = 20


async def chaos(options: Wish, out: Path | None, check: bool) -> int:
    """Do a run, show its figures, write them to `out`; return 1 when `check` is set and a goal is missed, else 0."""
    terminal = console()
    began = time.monotonic()

    def tell(text: str) -> None:
        terminal.print(f"{time.monotonic() - began:6.1f} s  {text}", markup=False, soft_wrap=True)

    evidence = await run(options, tell)
    figures = audit.audit_figures(evidence)
    terminal.print(figures_table(f"chaos, seed {options.seed}", figures))
    for name, ids in _collect_violations(evidence).items():
        terminal.print(f"{name}: {', '.join(ids[:MAX_SHOWN_IDS])}", markup=False, soft_wrap=True)
    if out is not None:
        write(out, report("chaos", figures, {**asdict(options), **_details(evidence)}))
    return exit_code(figures, check)


def _details(evidence: Evidence) -> dict[str, Any]:
    """Return what a reader of the JSON needs to look into a figure."""
    runs = [run for rows in evidence.documents.values() for run in rows.runs.values()]
    tries = list(evidence.payments.tries.values())
    return {
        "states": Counter(run.state.value for run in runs),
        "failures": Counter(reason.code for run in runs if run.state is State.FAILED for reason in run.reasons),
        "faults": evidence.faults,
        "lost calls": {cause: len(calls) for cause, calls in payments.find_lost_calls(evidence.payments).items()},
        "tries": {str(count): tries.count(count) for count in sorted(set(tries))},
        "poison": evidence.poison,
        "waiting": evidence.waiting,
        "missed": _collect_violations(evidence),
    }


def _describe_unexpected_payments(paid: payments.Payments) -> list[str]:
    """Return a line for each request that was not paid exactly once, with all that is known of its calls."""
    lines = []
    for request in payments.find_mispaid_requests(paid):
        calls = [
            f"{call.token}: {call.status}{'' if call.heard else ' unheard'}{' killed' * (call.process in paid.killed)}"
            f"{' refused' * (call.token in paid.refused_tries)}"
            for call in paid.calls
            if call.request == request
        ]
        lines.append(f"{request} keeps {paid.stored.get(request)}; tries {paid.tries.get(request)}; {calls}")
    return lines


def _collect_violations(evidence: Evidence) -> dict[str, list[str]]:
    """Return the ids behind the figures that should be zero, where they are not."""
    violations = {
        "lost": audit.find_lost_uploads(evidence),
        "without exactly one outcome": audit.find_wrong_outcome_counts(evidence),
        "failed though good": audit.find_failed_good_uploads(evidence),
        "copies of what has no result": audit.find_stranded_copies(evidence),
        "never told": audit.find_undelivered_facts(evidence),
        "told without a fact": audit.find_unfounded_events(evidence),
        "told in two ways": audit.find_contradicting_events(evidence),
        "finalized too early": evidence.premature,
        "finalized without its result": audit.find_events_without_result(evidence),
        "still active": evidence.marks,
        "paid otherwise": _describe_unexpected_payments(evidence.payments),
    }
    return {name: ids for name, ids in violations.items() if ids}
