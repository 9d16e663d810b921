"""What follows a delivery attempt."""

import pytest

from local.event_grid.delivery.retry import Delivered, GiveUp, Outcome, TryAgain, decide
from local.event_grid.state.config import RetryPolicy

DAY = 24 * 3600.0


def waits(status: int, policy: RetryPolicy | None = None, left: float = DAY) -> list[float]:
    """The waits after each attempt of an endpoint that always answers `status`, until the event is given up."""
    policy, found = policy or RetryPolicy(), list[float]()
    while isinstance(decision := decide(policy, Outcome.of_status(status), len(found) + 1, left), TryAgain):
        found.append(decision.wait)
        left -= decision.wait
    return found


@pytest.mark.parametrize("status", [200, 201, 202, 203, 204])
def test_these_answers_end_a_delivery(status: int) -> None:
    """Only 200 to 204 count as taken."""
    assert Delivered() == decide(RetryPolicy(), Outcome.of_status(status), 1, DAY)


@pytest.mark.parametrize("status", [205, 302, 404, 429, 500, 599])
def test_other_answers_are_tried_again(status: int) -> None:
    """Whatever is neither taken nor refused for good comes again after ten seconds."""
    assert TryAgain(10.0) == decide(RetryPolicy(), Outcome.of_status(status), 1, DAY)


@pytest.mark.parametrize(
    ("status", "name"), [(400, "BadRequest"), (401, "Unauthorized"), (403, "Forbidden"), (413, "RequestEntityTooLarge")]
)
def test_a_refusal_is_final(status: int, name: str) -> None:
    """400, 401, 403 and 413 say that the event will never be taken."""
    assert GiveUp(f"UndeliverableDueToHttp{name}") == decide(RetryPolicy(), Outcome.of_status(status), 1, DAY)


def test_the_waits_grow_to_an_hour() -> None:
    """10 s, 30 s, 1, 5, 10, 30 min, then hourly: thirty attempts just fit into the 24 hours."""
    assert [10.0, 30.0, 60.0, 300.0, 600.0, 1800.0, *[3600.0] * 23] == waits(500)


def test_a_wait_ends_where_the_event_expires() -> None:
    """The last wait is cut, so that the event is given up on time."""
    assert [10.0, 30.0, 60.0, 200.0] == waits(500, left=300.0)


def test_no_answer_counts_as_a_failure() -> None:
    """A time-out or a closed port is tried again."""
    assert TryAgain(30.0) == decide(RetryPolicy(), Outcome(None, "TimedOut"), 2, DAY)


@pytest.mark.parametrize(("status", "expected"), [(503, [30.0, 30.0, 60.0]), (408, [120.0, 120.0, 120.0, 300.0])])
def test_some_answers_ask_for_a_longer_wait(status: int, expected: list[float]) -> None:
    """503 waits at least 30 s, 408 at least two minutes."""
    assert expected == waits(status)[: len(expected)]


def test_thirty_attempts_are_the_end() -> None:
    """The last attempt that the policy allows is not followed by another."""
    policy = RetryPolicy(waits=(0.0,))
    assert [0.0] * 29 == waits(500, policy)
    assert GiveUp("MaxDeliveryAttemptsExceeded") == decide(policy, Outcome.of_status(500), 30, DAY)


def test_a_test_may_set_its_own_waits() -> None:
    """The configured waits replace the schedule, minimum waits included; the last is repeated."""
    assert [1.0, 2.0, 2.0] == waits(503, RetryPolicy(waits=(1.0, 2.0), max_delivery_attempts=4))


def test_an_expired_event_is_given_up() -> None:
    """After its time to live no further attempt is planned."""
    assert GiveUp("TimeToLiveExceeded") == decide(RetryPolicy(), Outcome.of_status(500), 1, 0.0)


@pytest.mark.parametrize(("status", "name"), [(404, "NotFound"), (503, "ServiceUnavailable"), (599, "Http599")])
def test_outcomes_are_named_as_in_dead_letters(status: int, name: str) -> None:
    """A status is named by its words run together."""
    assert name == Outcome.of_status(status).name
