"""The heart: takes events, finds who wants them, and keeps the subscriptions and their lanes."""

import asyncio
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from local.event_grid.clock import Clock
from local.event_grid.delivery.dispatcher import Carrier
from local.event_grid.delivery.scripted_faults import first_wait
from local.event_grid.delivery.subscription_queue import Lane
from local.event_grid.delivery.webhook import Endpoint, HandshakeRefusedError
from local.event_grid.filters import matches
from local.event_grid.state.config import STORAGE_TOPIC, GridConfig, Subscription
from local.event_grid.state.schema import Event
from local.event_grid.state.store import Store
from local.event_grid.state.tables import Addressed, Announced

_log = logging.getLogger(__name__)

_HANDSHAKE_PAUSE = 0.25
_RETIRE_SECONDS = 1.0
_PREFIX = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/local/providers"


def topic_id(topic: str, account: str = "devstoreaccount1") -> str:
    """Return the resource id that events of the topic carry as their topic; the storage topic's is the account's."""
    if topic == STORAGE_TOPIC:
        return f"{_PREFIX}/Microsoft.Storage/storageAccounts/{account}"
    return f"{_PREFIX}/Microsoft.EventGrid/topics/{topic}"


class State(StrEnum):
    """Where a subscription stands, in the words of its provisioningState."""

    CREATING = "Creating"
    SUCCEEDED = "Succeeded"
    FAILED = "Failed"


@dataclass
class Registration:
    """A subscription at work: its lane and how its handshake went."""

    lane: Lane
    tasks: list[asyncio.Task[None]]
    state: State = State.CREATING
    reason: str | None = None

    @property
    def subscription(self) -> Subscription:
        """What it was told."""
        return self.lane.subscription

    def view(self, counts: dict[str, int]) -> dict[str, Any]:
        """Return what may be shown: everything but the endpoint's query, which may hold a key."""
        shown = self.subscription.model_dump(
            mode="json", by_alias=True, exclude={"endpoint_url"}, exclude_defaults=True
        )
        return {
            **shown,
            "endpointBaseUrl": self.subscription.endpoint_base_url,
            "provisioningState": self.state,
            "reason": self.reason,
            "deliveries": counts,
        }


class Grid:
    """Topics, subscriptions and deliveries on one state file."""

    def __init__(
        self,
        config: GridConfig,
        store: Store,
        endpoint: Endpoint,
        carrier: Carrier,
        clock: Clock,
        tasks: asyncio.TaskGroup,
    ) -> None:
        self.config = config
        self.store = store
        self._endpoint = endpoint
        self._carrier = carrier
        self._clock = clock
        self._tasks = tasks
        self._registrations: dict[str, Registration] = {}

    async def start(self) -> None:
        """Take up the subscriptions of the state file and of the configuration, which wins.

        All shake hands anew, for the ports of a local cloud change from one start to the next. Their events are kept
        from the first moment on, and delivered once they have.
        """
        kept = {one.name: one for one in await self.store.subscriptions() if self._fits(one)}
        kept |= {one.name: one for one in self.config.subscriptions}
        for subscription in kept.values():
            await self.store.keep_subscription(subscription)
            registration = self._register(subscription)
            registration.tasks.append(self._tasks.create_task(self._welcome(registration)))

    async def publish(
        self,
        topic: str,
        events: Sequence[Event],
        announced: Iterable[Announced] = (),
        forgotten: Iterable[tuple[str, str]] = (),
    ) -> None:
        """Accept events: when this returns they are on disk, with a delivery for every subscription that wants them."""
        now = self._clock.now()
        mine = [
            r for r in self._registrations.values() if r.subscription.topic == topic and r.state is not State.FAILED
        ]
        addressed = [
            Addressed(
                event,
                tuple(_delivery(r.subscription, event, now) for r in mine if matches(r.subscription.filter, event)),
            )
            for event in events
        ]
        await self.store.accept(topic, addressed, now, announced, forgotten)
        self.wake()

    async def put(self, subscription: Subscription, wait: float = 0.0) -> Registration:
        """Create or replace a subscription, after its handshake, tried for `wait` seconds.

        Raises ValueError when it does not fit its topic, HandshakeRefusedError when the endpoint does not agree; the
        subscription that was there before stays as it was.
        """
        self.config.check(subscription)
        await self._shake_hands(subscription, wait)
        old = self._registrations.get(subscription.name)
        registration = self._register(subscription)  # from here on no event is missed
        registration.state = State.SUCCEEDED
        if old is not None:
            await self._retire(old, _RETIRE_SECONDS)
        await self.store.keep_subscription(subscription)
        await self.store.hasten(subscription.name, self._clock.now())
        registration.lane.open()
        return registration

    async def delete(self, name: str) -> bool:
        """Delete a subscription with what waits for it; False when there is none."""
        registration = self._registrations.pop(name, None)
        if registration is None:
            return False
        await self._retire(registration, _RETIRE_SECONDS)
        await self.store.delete_subscription(name)
        return True

    async def views(self) -> dict[str, dict[str, Any]]:
        """Return every subscription as it may be shown, by name."""
        counts = await self.store.counts()
        return {name: one.view(counts.get(name, {})) for name, one in sorted(self._registrations.items())}

    def listens(self, topic: str) -> bool:
        """Return whether any subscription to the topic exists."""
        return any(one.subscription.topic == topic for one in self._registrations.values())

    def wake(self) -> None:
        """Look for due deliveries now."""
        for registration in self._registrations.values():
            registration.lane.wake()

    async def close(self, grace: float) -> None:
        """Start nothing more and give what is under way `grace` seconds; the rest is pending at the next start."""
        await asyncio.gather(*(self._retire(one, grace) for one in self._registrations.values()))

    def _register(self, subscription: Subscription) -> Registration:
        schema = self.config.delivery_schema(subscription)
        lane = Lane(subscription, schema, self.store, self._carrier, self._clock, self._tasks)
        registration = Registration(lane, [self._tasks.create_task(lane.run())])
        self._registrations[subscription.name] = registration
        return registration

    def _fits(self, subscription: Subscription) -> bool:
        """Return whether a subscription of an earlier start has its topic still; one that does not only sleeps."""
        try:
            self.config.check(subscription)
        except ValueError as error:
            _log.warning("left asleep: %s", error)
            return False
        return True

    async def _retire(self, registration: Registration, grace: float) -> None:
        for task in registration.tasks:
            task.cancel()
        await registration.lane.stop(grace)

    async def _welcome(self, registration: Registration) -> None:
        subscription = registration.subscription
        try:
            await self._shake_hands(subscription, self.config.handshake_seconds)
        except HandshakeRefusedError as error:
            registration.state, registration.reason = State.FAILED, str(error)
            _log.error("subscription %s failed its handshake: %s", subscription.name, error)
            return
        await self.store.hasten(subscription.name, self._clock.now())
        registration.state = State.SUCCEEDED
        registration.lane.open()

    async def _shake_hands(self, subscription: Subscription, wait: float) -> None:
        """Try until it works or `wait` seconds are over, then raise the last refusal."""
        schema = self.config.delivery_schema(subscription)
        ends = asyncio.get_running_loop().time() + wait
        while True:
            try:
                return await self._endpoint.shake_hands(subscription, schema, topic_id(subscription.topic))
            except HandshakeRefusedError:
                if asyncio.get_running_loop().time() >= ends:
                    raise
            await asyncio.sleep(_HANDSHAKE_PAUSE)


def _delivery(subscription: Subscription, event: Event, now: float) -> tuple[str, float, float]:
    expires = now + subscription.retry_policy.event_time_to_live_in_minutes * 60.0
    return subscription.name, now + first_wait(subscription, event.id), expires
