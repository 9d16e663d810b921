"""The audit: what was promised, counted from the evidence alone. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from quality.chaos.evidence import payments
from quality.chaos.evidence.evidence import Evidence, Partition
from quality.chaos.evidence.witness import Delivery
from quality.measure import Figure
from shared.domain.documents.run import State

OUTCOMES = frozenset({State.FINALIZED, State.IN_REVIEW, State.FAILED, State.HELD, State.DUPLICATE, State.UNPACKED})


def audit_figures(evidence: Evidence) -> list[Figure]:
    """Return every figure of a run, with its goal where something was promised."""
    return [*_outcomes(evidence), *_events(evidence), *_payments(evidence), *_leftovers(evidence), *_course(evidence)]


def find_lost_uploads(evidence: Evidence) -> list[str]:
    """Names of required uploads that came to no outcome."""
    ended = {
        key for key, rows in evidence.documents.items() if rows.runs and all(_has_ended(rows, run) for run in rows.runs)
    }
    return sorted(upload.name for upload in evidence.uploads if upload.required and upload.document_id not in ended)


def find_wrong_outcome_counts(evidence: Evidence) -> list[str]:
    """Documents with a Run that did not come to an outcome exactly once, by its history."""
    return sorted(
        key
        for key, rows in evidence.documents.items()
        if any(len(_outcome_lines(rows, run)) != 1 or not _has_ended(rows, run) for run in rows.runs)
    )


def find_failed_good_uploads(evidence: Evidence) -> list[str]:
    """Names of readable uploads that stayed, and yet failed."""
    failed = {key for key, rows in evidence.documents.items() if _last_state(rows) is State.FAILED}
    return sorted(upload.name for upload in evidence.uploads if upload.good and upload.document_id in failed)


def find_stranded_copies(evidence: Evidence) -> list[str]:
    """Documents that ended as duplicates of one that has no result to share."""
    empty = {State.FAILED, State.HELD, None}
    return sorted(
        key
        for key, rows in evidence.documents.items()
        if rows.runs
        and (run := rows.runs[max(rows.runs)]).state is State.DUPLICATE
        and _last_state(evidence.documents.get(run.duplicate_of or "")) in empty
    )


def find_undelivered_facts(evidence: Evidence) -> list[str]:
    """Ids of events in outboxes that the witness never heard."""
    heard = {delivery.id for delivery in evidence.deliveries}
    return sorted(event.id for rows in evidence.documents.values() for event, _ in rows.events if event.id not in heard)


def find_unfounded_events(evidence: Evidence) -> list[str]:
    """Ids of events that were told but stand in no outbox."""
    stored = {event.id for rows in evidence.documents.values() for event, _ in rows.events}
    return sorted({delivery.id for delivery in evidence.deliveries} - stored)


def find_contradicting_events(evidence: Evidence) -> list[str]:
    """Ids under which different things were told, and facts that were told under several ids."""
    bodies, ids = defaultdict[str, set[str]](set), defaultdict[tuple[str, int, str], set[str]](set)
    for delivery in evidence.deliveries:
        bodies[delivery.id].add(delivery.body)
        ids[delivery.fact].add(delivery.id)
    return sorted(
        [event_id for event_id, variants in bodies.items() if len(variants) > 1]
        + [str(fact) for fact, variants in ids.items() if len(variants) > 1]
    )


def find_events_without_result(evidence: Evidence) -> list[str]:
    """Ids of `finalized` events whose result does not stand where they say, or is not theirs."""
    return sorted(
        {
            delivery.id
            for delivery in evidence.deliveries
            if delivery.name == "finalized" and not _result_fits(evidence, delivery)
        }
    )


def _outcomes(evidence: Evidence) -> list[Figure]:
    begun = [_executions(rows) for rows in evidence.documents.values()]
    again = sum(times > 1 for times in begun)
    required = sum(upload.required for upload in evidence.uploads)
    failed_good, copies = len(find_failed_good_uploads(evidence)), len(find_stranded_copies(evidence))
    odd = len(find_wrong_outcome_counts(evidence))
    return [
        Figure(name="uploads", value=len(evidence.uploads), unit="versions"),
        Figure(name="uploads that must have an outcome", value=required, unit="versions"),
        Figure(name="lost", value=len(find_lost_uploads(evidence)), unit="versions", goal=0),
        Figure(name="documents", value=len(evidence.documents), unit="documents"),
        Figure(name="documents with another count of outcomes than one", value=odd, unit="documents", goal=0),
        Figure(name="good documents that failed", value=failed_good, unit="documents", goal=0),
        Figure(name="copies of what has no result", value=copies, unit="documents", goal=0),
        Figure(name="executions per document", value=_ratio(sum(begun), len(begun)), unit="runs", goal=1),
        Figure(name="documents executed more than once", value=again, unit="documents", goal=0),
    ]  # fmt: skip


def _events(evidence: Evidence) -> list[Figure]:
    facts = {event.id for rows in evidence.documents.values() for event, _ in rows.events}
    finals = Counter(
        run for (run,) in {(delivery.fact[:2],) for delivery in evidence.deliveries if delivery.name == "finalized"}
    )
    twice = sum(
        len({delivery.body for delivery in evidence.deliveries if delivery.fact == (*run, "finalized")}) > 1
        for run in finals
    )
    return [
        Figure(name="event facts", value=len(facts), unit="events"),
        Figure(name="deliveries", value=len(evidence.deliveries), unit="deliveries"),
        Figure(name="event facts never told", value=len(find_undelivered_facts(evidence)), unit="events", goal=0),
        Figure(name="events told without a fact", value=len(find_unfounded_events(evidence)), unit="events", goal=0),
        Figure(name="facts told in two ways", value=len(find_contradicting_events(evidence)), unit="events", goal=0),
        Figure(name="runs finalized in two ways", value=twice, unit="runs", goal=0),
        Figure(name="finalized before the outcome stood", value=len(evidence.premature), unit="events", goal=0),
        Figure(
            name="finalized without its result", value=len(find_events_without_result(evidence)), unit="events", goal=0
        ),
    ]


def _payments(evidence: Evidence) -> list[Figure]:
    about = evidence.payments
    paid, interrupted = payments.count_paid(about), payments.count_interrupted(about)
    calm = [times for request, times in paid.items() if not interrupted[request]]
    excess = sum(times - 1 for times in paid.values())
    otherwise, beyond = len(payments.find_mispaid_requests(about)), payments.count_calls_beyond_ledger(about)
    causes = [
        Figure(name=f"calls lost by {why}", value=len(calls), unit="calls")
        for why, calls in _lost_calls_by_cause(evidence)
    ]
    return [
        Figure(name="distinct model requests", value=len(paid), unit="requests"),
        Figure(name="paid calls per distinct request", value=_ratio(paid.total(), len(paid)), unit="calls"),
        Figure(name="the same where nothing was lost", value=_ratio(sum(calm), len(calm)), unit="calls", goal=1),
        Figure(name="calls paid again", value=excess, unit="calls", goal=interrupted.total()),
        Figure(name="calls lost between call and store", value=interrupted.total(), unit="calls"),
        *causes,
        Figure(name="requests paid otherwise than once and once a lost call", value=otherwise, unit="requests", goal=0),
        Figure(name="calls that the ledger does not know", value=beyond, unit="calls", goal=0),
        Figure(
            name="tries on the ledger that were never billed", value=payments.count_unbilled_tries(about), unit="tries"
        ),
        Figure(name="requests under two names", value=payments.count_misnamed_requests(about), unit="requests", goal=0),
        Figure(name="calls on the bills of runs", value=_count_billed_calls(evidence), unit="calls"),
    ]


def _leftovers(evidence: Evidence) -> list[Figure]:
    unpublished = sum(not out for rows in evidence.documents.values() for _, out in rows.events)
    return [
        Figure(name="events left in outboxes", value=unpublished, unit="events", goal=0),
        Figure(name="active marks left", value=len(evidence.marks), unit="documents", goal=0),
        Figure(name="messages left in queues", value=sum(evidence.waiting.values()), unit="messages", goal=0),
        Figure(name="events left undelivered", value=evidence.undelivered, unit="events", goal=0),
        Figure(name="poison messages", value=len(evidence.poison), unit="messages"),
    ]


def _course(evidence: Evidence) -> list[Figure]:
    during, after = evidence.seconds
    return [
        Figure(name="faults", value=sum(evidence.faults.values()), unit="faults"),
        Figure(
            name="kills", value=sum(n for kind, n in evidence.faults.items() if kind.startswith("kill")), unit="kills"
        ),
        Figure(name="seconds of faults", value=round(during, 1), unit="s"),
        Figure(name="seconds until settled", value=round(after, 1), unit="s"),
        Figure(name="settled", value=float(evidence.settled), unit="1 = yes", goal=1, better="higher"),
    ]


def _outcome_lines(rows: Partition, run: int) -> list[State]:
    """Return the outcomes in the history of a Run; the end of a review and a correction belong to the one before."""
    lines = [line for line in rows.audits.get(run, []) if line.event != "corrected"]
    return [line.after for line in lines if line.after in OUTCOMES and line.before is not State.IN_REVIEW]


def _executions(rows: Partition) -> int:
    """Return how often a Document's pages were begun to be read, in all its Runs."""
    return sum(line.after is State.READING for lines in rows.audits.values() for line in lines)


def _has_ended(rows: Partition, run: int) -> bool:
    return rows.runs[run].state in OUTCOMES


def _last_state(rows: Partition | None) -> State | None:
    return rows.runs[max(rows.runs)].state if rows and rows.runs else None


def _result_fits(evidence: Evidence, delivery: Delivery) -> bool:
    result = evidence.results.get(str(delivery.data["result_name"]))
    return result is not None and (result["document_id"], result["run"]) == delivery.fact[:2]


def _lost_calls_by_cause(evidence: Evidence) -> Iterable[tuple[str, Sequence[object]]]:
    return payments.find_lost_calls(evidence.payments).items()


def _count_billed_calls(evidence: Evidence) -> int:
    return sum(run.bill.calls for rows in evidence.documents.values() for run in rows.runs.values())


def _ratio(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0
