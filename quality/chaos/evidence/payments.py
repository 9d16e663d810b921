"""What was paid, call by call: who lost an answer that was billed, and whether exactly those calls were made again.

Three are asked that know nothing of each other: the model server (which calls it answered, and whether the answer was
taken), storage (which try's answer it keeps, and which it refused to keep), and whoever killed (which processes).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Cause = Literal["kill", "model fault", "storage fault"]
_OK, _THROTTLED = 200, 429


@dataclass(frozen=True)
class ModelCall:
    """One call as the model server saw it. `content`: the server's own hash of it; `request` and `token`: the app's."""

    content: str
    request: str
    token: str
    status: int
    heard: bool

    @property
    def is_billed(self) -> bool:
        """Whether the server answered."""
        return self.status == _OK

    @property
    def process(self) -> int:
        """The id of the process that asked."""
        return int(self.token.partition("-")[0] or 0)


@dataclass(frozen=True)
class Payments:
    """What was found about model calls.

    Attributes:
        calls: as the model server saw them, in the order of the requests.
        tries: the ledger's count of calls that may have been billed, by request.
        stored: the try whose answer is kept, by request.
        killed: the ids of the processes that were killed.
        refused: the tries whose answers storage was asked to keep, and never did.
    """

    calls: Sequence[ModelCall] = ()
    tries: Mapping[str, int] = field(default_factory=dict)
    stored: Mapping[str, str] = field(default_factory=dict)
    killed: frozenset[int] = frozenset()
    refused_tries: frozenset[str] = frozenset()


def seen_calls(records: Sequence[Mapping[str, Any]]) -> list[ModelCall]:
    """Return the calls in the model server's answer to `GET /admin/calls`."""
    return [
        ModelCall(record["hash"], *_split_client_name(call["client"]), call["status"], call["heard"])
        for record in records
        for call in record["calls"]
    ]


def find_lost_calls(payments: Payments) -> dict[Cause, list[ModelCall]]:
    """Return the billed calls that a kill or a fault parted from the store, by cause."""
    lost: dict[Cause, list[ModelCall]] = {"kill": [], "model fault": [], "storage fault": []}
    for call in payments.calls:
        if not call.is_billed:
            continue
        if not call.heard:
            lost["kill" if call.process in payments.killed else "model fault"].append(call)
        elif call.token in payments.refused_tries:
            lost["storage fault"].append(call)
        elif call.process in payments.killed and payments.stored.get(call.request) != call.token:
            lost["kill"].append(call)
    return lost


def count_paid(payments: Payments) -> Counter[str]:
    """Return how often each request was billed."""
    return Counter(call.request for call in payments.calls if call.is_billed)


def count_interrupted(payments: Payments) -> Counter[str]:
    """Return how many billed calls of each request were lost between call and store."""
    return Counter(call.request for calls in find_lost_calls(payments).values() for call in calls)


def find_mispaid_requests(payments: Payments) -> list[str]:
    """List the requests not paid exactly once for the stored answer and once for each call that was lost."""
    times, broken = count_paid(payments), count_interrupted(payments)
    return sorted(
        request
        for request in {*times, *payments.stored}
        if times[request] != broken[request] + (request in payments.stored)
    )


def count_calls_beyond_ledger(payments: Payments) -> int:
    """Count calls that may have been billed and that the ledger does not know of, or that share a try."""
    named = Counter((call.request, call.token) for call in payments.calls if call.status != _THROTTLED)
    beyond = (max(0, count - payments.tries.get(request, 0)) for request, count in _count_calls(payments).items())
    return sum(named.values()) - len(named) + sum(beyond)


def count_unbilled_tries(payments: Payments) -> int:
    """Count tries on the ledger that never became a call which the server may have billed."""
    made = _count_calls(payments)
    return sum(max(0, tries - made[request]) for request, tries in payments.tries.items())


def count_misnamed_requests(payments: Payments) -> int:
    """Count the requests that the app and the server do not tell apart in the same way."""
    pairs = {(call.content, call.request) for call in payments.calls}
    return len(pairs) * 2 - len({content for content, _ in pairs}) - len({request for _, request in pairs})


def _count_calls(payments: Payments) -> Counter[str]:
    return Counter(call.request for call in payments.calls if call.status != _THROTTLED)


def _split_client_name(client: str) -> tuple[str, str]:
    request, _, token = client.partition(".")
    return request, token
