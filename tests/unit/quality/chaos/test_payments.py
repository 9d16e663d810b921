"""Who paid for what: each lost call has its cause, and a request is paid once more for each of them, and no more."""

from dataclasses import replace
from typing import Any

import pytest

from quality.chaos.evidence.payments import (
    ModelCall,
    Payments,
    count_calls_beyond_ledger,
    count_misnamed_requests,
    count_unbilled_tries,
    find_lost_calls,
    find_mispaid_requests,
    seen_calls,
)


def call(token: str, request: str = "r1", status: int = 200, *, heard: bool = True) -> ModelCall:
    return ModelCall(f"content of {request}", request, token, status, heard)


def payments(*calls: ModelCall, **others: Any) -> Payments:
    """These calls; the last answer of a request is kept, and the ledger has each of them, unless told otherwise."""
    stored = {one.request: one.token for one in calls if one.is_billed}
    tries = {one.request: len({other.token for other in calls if other.request == one.request}) for one in calls}
    return replace(Payments(calls, tries, stored), **others)


@pytest.mark.parametrize(
    ("first", "others", "cause"),
    [
        (call("7-a"), {"killed": frozenset({7})}, "kill"),
        (call("7-a", heard=False), {"killed": frozenset({7})}, "kill"),
        (call("7-a", heard=False), {}, "model fault"),
        (call("7-a"), {"refused_tries": frozenset({"7-a"})}, "storage fault"),
    ],
)
def test_a_lost_call_has_its_cause_and_is_paid_again(first: ModelCall, others: dict[str, Any], cause: str) -> None:
    """Once for the lost call and once for the answer that is kept."""
    found = payments(first, call("8-b"), **others)
    assert {cause: [first]} == {why: calls for why, calls in find_lost_calls(found).items() if calls}
    assert [] == find_mispaid_requests(found)


def test_a_call_paid_again_without_a_cause_is_a_defect() -> None:
    """Nobody was killed and nothing failed: the second call should have read the first one's answer."""
    assert ["r1"] == find_mispaid_requests(payments(call("7-a"), call("8-b")))


def test_a_kill_after_the_store_excuses_nothing() -> None:
    """The process died, but its answer is kept: to ask again is to pay without need."""
    found = payments(call("7-a"), call("8-b"), killed=frozenset({7}), stored={"r1": "7-a"})
    assert ["r1"] == find_mispaid_requests(found)


def test_a_lost_call_that_is_not_made_again_needs_no_answer() -> None:
    """Its document may have gone meanwhile; but an answer that nobody was paid for cannot be there."""
    assert [] == find_mispaid_requests(payments(call("7-a"), killed=frozenset({7}), stored={}))
    assert ["r1"] == find_mispaid_requests(payments(stored={"r1": "7-a"}))


def test_the_ledger_knows_each_call() -> None:
    """A call too many, and two under one try, both show; what was throttled counts for nothing."""
    assert 0 == count_calls_beyond_ledger(payments(call("7-a"), call("7-b", status=429), tries={"r1": 1}))
    assert 1 == count_calls_beyond_ledger(payments(call("7-a"), call("8-b"), tries={"r1": 1}))
    assert 1 == count_calls_beyond_ledger(payments(call("7-a"), call("7-a"), tries={"r1": 2}))
    assert 1 == count_unbilled_tries(payments(call("7-a"), tries={"r1": 2}))


def test_both_sides_tell_requests_apart_alike() -> None:
    """One content under two names, or two contents under one, would make every other count wrong."""
    assert 0 == count_misnamed_requests(payments(call("7-a"), call("8-b"), call("8-c", "r2")))
    assert 1 == count_misnamed_requests(payments(call("7-a"), replace(call("8-b"), request="r2")))
    assert 1 == count_misnamed_requests(payments(call("7-a"), replace(call("8-b"), content="other")))


def test_calls_are_read_as_the_server_tells_them() -> None:
    """The app names request and try; a call without a name has neither."""
    told = [{"client": "r1.7-a", "status": 200, "heard": False}, {"client": "", "status": 503, "heard": True}]
    calls = seen_calls([{"hash": "c1", "calls": told}])
    assert [ModelCall("c1", "r1", "7-a", 200, heard=False), ModelCall("c1", "", "", 503, heard=True)] == calls
    assert [7, 0] == [one.process for one in calls]
