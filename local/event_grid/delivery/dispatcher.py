"""Make delivery attempts and record their results."""

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from local.event_grid.delivery.dead_letter import DeadLetters, DeadLetterUnavailableError
from local.event_grid.delivery.retry import EXPIRED, Delivered, GiveUp, TryAgain, decide
from local.event_grid.delivery.scripted_faults import loses_acknowledgement
from local.event_grid.delivery.webhook import Endpoint
from local.event_grid.state.config import Subscription
from local.event_grid.state.tables import DEAD_LETTERED, DELIVERED, DROPPED, PENDING, Delivery

_log = logging.getLogger(__name__)

_DEAD_LETTER_PAUSE_SECONDS = 60.0
_MAX_DEAD_LETTER_SECONDS = (
    4 * 3600.0
)  # "If the dead-letter location is unavailable for four hours, the event is dropped."


class Recorder(Protocol):
    """Stores the state of deliveries."""

    async def record(self, delivery: Delivery, state: str) -> None:
        """Return when the change is durable."""


class Dispatcher:
    """Makes delivery attempts. `now` returns the time in seconds since 1970."""

    def __init__(
        self, recorder: Recorder, endpoint: Endpoint, dead_letters: DeadLetters, now: Callable[[], float]
    ) -> None:
        self._recorder = recorder
        self._endpoint = endpoint
        self._dead_letters = dead_letters
        self._now = now

    async def dispatch(self, subscription: Subscription, delivery: Delivery) -> None:
        """Make one attempt, unless the event has expired or was given up already, and record the result."""
        if delivery.reason is not None:
            await self._give_up(subscription, delivery)
        elif self._now() >= delivery.expires:
            await self._give_up(subscription, replace(delivery, reason=EXPIRED.reason))
        else:
            await self._attempt(subscription, delivery)

    async def _attempt(self, subscription: Subscription, delivery: Delivery) -> None:
        event = delivery.event.in_schema(subscription.event_schema)
        outcome = await self._endpoint.send(subscription, replace(delivery, event=event))
        now = self._now()
        attempts = delivery.attempts + 1
        attempted = replace(
            delivery, attempts=attempts, last_attempt=now, last_status=outcome.status, last_outcome=outcome.name
        )
        match decide(subscription.retry_policy, outcome, attempts, delivery.expires - now):
            case Delivered() if loses_acknowledgement(subscription.faults, delivery):
                await self._recorder.record(
                    replace(attempted, due=now, acknowledged=delivery.acknowledged + 1), PENDING
                )
            case Delivered():
                await self._recorder.record(attempted, DELIVERED)
            case TryAgain(wait):
                _log.info("%s: %s, again in %.0f s", subscription.name, outcome.name, wait)
                await self._recorder.record(replace(attempted, due=now + wait), PENDING)
            case GiveUp(reason):
                await self._give_up(subscription, replace(attempted, reason=reason))

    async def _give_up(self, subscription: Subscription, delivery: Delivery) -> None:
        """Dead-letter the event if the subscription has a container for it, else drop it."""
        if subscription.dead_letter_container is None:
            _log.warning("%s: event %d dropped, %s", subscription.name, delivery.event_number, delivery.reason)
            await self._recorder.record(delivery, DROPPED)
            return
        try:
            await self._dead_letters.store(subscription, delivery)
        except DeadLetterUnavailableError as error:
            now = self._now()
            is_late = now - (delivery.last_attempt or delivery.expires) >= _MAX_DEAD_LETTER_SECONDS
            _log.warning("%s: event %d not dead-lettered, %s", subscription.name, delivery.event_number, error)
            await self._recorder.record(
                replace(delivery, due=now + _DEAD_LETTER_PAUSE_SECONDS), DROPPED if is_late else PENDING
            )
            return
        _log.warning("%s: event %d dead-lettered, %s", subscription.name, delivery.event_number, delivery.reason)
        await self._recorder.record(delivery, DEAD_LETTERED)
