"""One delivery attempt and what is written down about it."""

import logging
from dataclasses import replace
from typing import Protocol

from local.event_grid.clock import Clock
from local.event_grid.delivery.dead_letter import DeadLetters, DeadLetterUnavailableError
from local.event_grid.delivery.retry import EXPIRED, Delivered, GiveUp, TryAgain, decide
from local.event_grid.delivery.scripted_faults import loses_acknowledgement
from local.event_grid.delivery.webhook import Endpoint
from local.event_grid.state.config import EventSchema, Subscription
from local.event_grid.state.tables import DEAD_LETTERED, DELIVERED, DROPPED, PENDING, Delivery

_log = logging.getLogger(__name__)

_DEAD_LETTER_WAIT = 60.0
_DEAD_LETTER_LIMIT = 4 * 3600.0  # "If the dead-letter location is unavailable for four hours, the event is dropped."


class Recorder(Protocol):
    """Keeps the state of deliveries."""

    async def record(self, delivery: Delivery, state: str) -> None:
        """Return when the change is durable."""


class Carrier:
    """Carries deliveries to their endpoint, once each time it is asked."""

    def __init__(self, recorder: Recorder, endpoint: Endpoint, dead_letters: DeadLetters, clock: Clock) -> None:
        self._recorder = recorder
        self._endpoint = endpoint
        self._dead_letters = dead_letters
        self._clock = clock

    async def carry(self, subscription: Subscription, schema: EventSchema, delivery: Delivery) -> None:
        """Make one attempt, unless the event has expired or was given up already, and record what came of it."""
        if delivery.reason is not None:
            await self._give_up(subscription, schema, delivery)
        elif self._clock.now() >= delivery.expires:
            await self._give_up(subscription, schema, replace(delivery, reason=EXPIRED.reason))
        else:
            await self._attempt(subscription, schema, delivery)

    async def _attempt(self, subscription: Subscription, schema: EventSchema, delivery: Delivery) -> None:
        outcome = await self._endpoint.send(subscription, schema, delivery)
        now = self._clock.now()
        attempts = delivery.attempts + 1
        tried = replace(
            delivery, attempts=attempts, last_attempt=now, last_status=outcome.status, last_outcome=outcome.name
        )
        match decide(subscription.retry_policy, outcome, attempts, delivery.expires - now):
            case Delivered() if loses_acknowledgement(subscription.faults, delivery):
                await self._recorder.record(replace(tried, due=now, acknowledged=delivery.acknowledged + 1), PENDING)
            case Delivered():
                await self._recorder.record(tried, DELIVERED)
            case TryAgain(wait):
                _log.info("%s: %s, again in %.0f s", subscription.name, outcome.name, wait)
                await self._recorder.record(replace(tried, due=now + wait), PENDING)
            case GiveUp(reason):
                await self._give_up(subscription, schema, replace(tried, reason=reason))

    async def _give_up(self, subscription: Subscription, schema: EventSchema, delivery: Delivery) -> None:
        """Dead-letter the event where the subscription says so; else it is dropped, and counted."""
        if subscription.dead_letter_container is None:
            _log.warning("%s: event %d dropped, %s", subscription.name, delivery.event_number, delivery.reason)
            await self._recorder.record(delivery, DROPPED)
            return
        try:
            await self._dead_letters.put(subscription, schema, delivery)
        except DeadLetterUnavailableError as error:
            now = self._clock.now()
            late = now - (delivery.last_attempt or delivery.expires) >= _DEAD_LETTER_LIMIT
            _log.warning("%s: event %d not dead-lettered, %s", subscription.name, delivery.event_number, error)
            await self._recorder.record(replace(delivery, due=now + _DEAD_LETTER_WAIT), DROPPED if late else PENDING)
            return
        _log.warning("%s: event %d dead-lettered, %s", subscription.name, delivery.event_number, delivery.reason)
        await self._recorder.record(delivery, DEAD_LETTERED)
