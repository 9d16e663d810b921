"""Accept events, match them to subscriptions, and manage the subscriptions and their queues."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from local.event_grid.delivery.dispatcher import Dispatcher
from local.event_grid.delivery.scripted_faults import first_delivery_delay
from local.event_grid.delivery.subscription_queue import SubscriptionQueue
from local.event_grid.delivery.webhook import Endpoint, HandshakeRefusedError
from local.event_grid.filters import matches
from local.event_grid.state.config import STORAGE_TOPIC, GridConfig, Subscription
from local.event_grid.state.schema import Event
from local.event_grid.state.store import Store
from local.event_grid.state.tables import AddressedEvent, AnnouncedBlob

_log = logging.getLogger(__name__)

_HANDSHAKE_PAUSE_SECONDS = 0.25
_STOP_SECONDS = 1.0
"""What running deliveries get when their subscription is replaced or deleted."""
_RESOURCE_PREFIX = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/local/providers"


def topic_id(topic: str, account: str = "devstoreaccount1") -> str:
    """Return the resource id that events of the topic carry as their topic; the storage topic's is the account's."""
    if topic == STORAGE_TOPIC:
        return f"{_RESOURCE_PREFIX}/Microsoft.Storage/storageAccounts/{account}"
    return f"{_RESOURCE_PREFIX}/Microsoft.EventGrid/topics/{topic}"


class State(StrEnum):
    """A subscription's provisioningState."""

    CREATING = "Creating"
    SUCCEEDED = "Succeeded"
    FAILED = "Failed"


@dataclass
class Registration:
    """A subscription with its queue and the state of its handshake."""

    queue: SubscriptionQueue
    tasks: list[asyncio.Task[None]]
    state: State = State.CREATING
    reason: str | None = None

    @property
    def subscription(self) -> Subscription:
        """The subscription as it was requested."""
        return self.queue.subscription

    def describe(self, counts: dict[str, int]) -> dict[str, Any]:
        """Return everything but the endpoint's query, which may hold a key."""
        shown = self.subscription.model_dump(
            mode="json", by_alias=True, exclude={"endpoint_url"}, exclude_defaults=True
        )
        return {
            **shown,
            **({"endpointBaseUrl": self.subscription.shown_destination} if self.subscription.endpoint_url else {}),
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
        dispatcher: Dispatcher,
        now: Callable[[], float],
        tasks: asyncio.TaskGroup,
    ) -> None:
        self.config = config
        self.store = store
        self._endpoint = endpoint
        self._dispatcher = dispatcher
        self._now = now
        self._tasks = tasks
        self._registrations: dict[str, Registration] = {}

    async def start(self) -> None:
        """Load the subscriptions of the state file, except those whose topic is no longer there.

        All repeat their handshake, since the ports of a local cloud change from one start to the next. Their events are
        stored from now on, and delivered after the handshake.
        """
        for subscription in await self.store.list_subscriptions():
            if not self.config.has_topic(subscription.topic):
                _log.warning("subscription %s: there is no topic %s", subscription.name, subscription.topic)
                continue
            registration = self._register(subscription)
            registration.tasks.append(self._tasks.create_task(self._repeat_handshake(registration)))

    async def publish(
        self,
        topic: str,
        events: Sequence[Event],
        announced: Iterable[AnnouncedBlob] = (),
        forgotten: Iterable[tuple[str, str]] = (),
    ) -> None:
        """Store events on disk, with a delivery for every subscription that matches them."""
        now = self._now()
        active = [r for r in self._registrations.values() if r.state is not State.FAILED]
        subscriptions = [r.subscription for r in active if r.subscription.topic == topic]
        addressed = [
            AddressedEvent(event, tuple(_delivery(s, event, now) for s in subscriptions if matches(s.filter, event)))
            for event in events
        ]
        await self.store.accept(topic, addressed, now, announced, forgotten)
        self.wake()

    async def put_subscription(self, subscription: Subscription, wait: float = 0.0) -> Registration:
        """Create or replace a subscription, after its handshake, tried for `wait` seconds.

        Raises ValueError when there is no such topic, HandshakeRefusedError when the endpoint does not agree; then an
        earlier subscription of that name stays as it was.
        """
        if not self.config.has_topic(subscription.topic):
            raise ValueError(f"subscription {subscription.name}: there is no topic {subscription.topic}")
        await self._shake_hands(subscription, wait)
        old = self._registrations.get(subscription.name)
        registration = self._register(subscription)  # from here on no event is missed
        registration.state = State.SUCCEEDED
        if old is not None:
            await self._stop(old, _STOP_SECONDS)
        await self.store.save_subscription(subscription)
        await self.store.make_due_now(subscription.name, self._now())
        registration.queue.open()
        return registration

    async def delete(self, name: str) -> bool:
        """Delete a subscription with its pending deliveries; return False when there is none."""
        registration = self._registrations.pop(name, None)
        if registration is None:
            return False
        await self._stop(registration, _STOP_SECONDS)
        await self.store.delete_subscription(name)
        return True

    async def describe_subscriptions(self) -> dict[str, dict[str, Any]]:
        """Return the description of every subscription by name."""
        counts = await self.store.count_deliveries()
        return {
            name: registration.describe(counts.get(name, {}))
            for name, registration in sorted(self._registrations.items())
        }

    def has_subscription(self, topic: str) -> bool:
        """Return whether any subscription to the topic exists."""
        return any(registration.subscription.topic == topic for registration in self._registrations.values())

    def wake(self) -> None:
        """Let all queues look for due deliveries now."""
        for registration in self._registrations.values():
            registration.queue.wake()

    async def close(self, grace: float) -> None:
        """Start no more deliveries and give running ones `grace` seconds; the rest stays pending."""
        await asyncio.gather(*(self._stop(registration, grace) for registration in self._registrations.values()))

    def _register(self, subscription: Subscription) -> Registration:
        queue = SubscriptionQueue(subscription, self.store, self._dispatcher, self._now, self._tasks)
        registration = Registration(queue, [self._tasks.create_task(queue.run())])
        self._registrations[subscription.name] = registration
        return registration

    async def _stop(self, registration: Registration, grace: float) -> None:
        for task in registration.tasks:
            task.cancel()
        await registration.queue.stop(grace)

    async def _repeat_handshake(self, registration: Registration) -> None:
        subscription = registration.subscription
        try:
            await self._shake_hands(subscription, self.config.handshake_seconds)
        except HandshakeRefusedError as error:
            registration.state, registration.reason = State.FAILED, str(error)
            _log.error("subscription %s failed its handshake: %s", subscription.name, error)
            return
        await self.store.make_due_now(subscription.name, self._now())
        registration.state = State.SUCCEEDED
        registration.queue.open()

    async def _shake_hands(self, subscription: Subscription, wait: float) -> None:
        """Try until it succeeds or `wait` seconds are over, then raise the last refusal."""
        ends = asyncio.get_running_loop().time() + wait
        while True:
            try:
                return await self._endpoint.shake_hands(subscription, topic_id(subscription.topic))
            except HandshakeRefusedError:
                if asyncio.get_running_loop().time() >= ends:
                    raise
            await asyncio.sleep(_HANDSHAKE_PAUSE_SECONDS)


def _delivery(subscription: Subscription, event: Event, now: float) -> tuple[str, float, float]:
    expires = now + subscription.retry_policy.event_time_to_live_in_minutes * 60.0
    return subscription.name, now + first_delivery_delay(subscription, event.id), expires
