"""Subscribers over HTTP: the handshake of a new subscription, then one event per request."""

import json
import uuid
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Protocol

import aiohttp

from local.event_grid.delivery.retry import RESPONSE_SECONDS, SUCCESSES, Outcome
from local.event_grid.state.config import EventSchema, Subscription
from local.event_grid.state.schema import EVENT_TYPE
from local.event_grid.state.tables import Delivery

ORIGIN = "eventgrid.azure.net"
"""The value of Event Grid's WebHook-Request-Origin header."""

_JSON = "application/json; charset=utf-8"
_CLOUD_EVENT = f"{EVENT_TYPE}; charset=utf-8"


class HandshakeRefusedError(Exception):
    """The endpoint did not consent to receive events; the message says what it answered."""


class Endpoint(Protocol):
    """A subscriber."""

    async def shake_hands(self, subscription: Subscription, topic_id: str) -> None:
        """Return when the endpoint agrees to receive; raises HandshakeRefusedError."""

    async def send(self, subscription: Subscription, delivery: Delivery) -> Outcome:
        """Make one attempt; never raises for what the endpoint does."""


class Webhook:
    """Subscribers over HTTP."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        """`session` should have no limit on connections: each subscription has its own."""
        self._session = session
        self._timeout = aiohttp.ClientTimeout(total=RESPONSE_SECONDS)

    async def shake_hands(self, subscription: Subscription, topic_id: str) -> None:
        """Send OPTIONS with WebHook-Request-Origin for CloudEvents, else a SubscriptionValidationEvent.

        Sources: "HTTP 1.1 Web Hooks for Event Delivery" of CloudEvents, part 4; Event Grid, "Webhook event delivery".
        """
        try:
            if subscription.event_schema is EventSchema.CLOUD_EVENTS:
                await self._ask_permission(subscription)
            else:
                await self._send_validation_code(subscription, topic_id)
        except TimeoutError as error:
            raise HandshakeRefusedError(f"no answer within {RESPONSE_SECONDS:.0f} s") from error
        except aiohttp.ClientError as error:
            raise HandshakeRefusedError(f"not reachable ({type(error).__name__})") from error

    async def _ask_permission(self, subscription: Subscription) -> None:
        headers = {"WebHook-Request-Origin": ORIGIN, "aeg-subscription-name": subscription.name.upper()}
        async with self._session.options(
            _address(subscription), headers=headers, timeout=self._timeout, allow_redirects=False
        ) as answer:
            allowed = answer.headers.get("WebHook-Allowed-Origin")
            if answer.status not in SUCCESSES or allowed not in ("*", ORIGIN):
                raise HandshakeRefusedError(
                    f"answered {answer.status} with WebHook-Allowed-Origin {allowed or 'missing'}"
                )

    async def _send_validation_code(self, subscription: Subscription, topic_id: str) -> None:
        code = str(uuid.uuid4())
        event = {
            "id": str(uuid.uuid4()),
            "topic": topic_id,
            "subject": "",
            "data": {"validationCode": code},
            "eventType": "Microsoft.EventGrid.SubscriptionValidationEvent",
            "eventTime": datetime.now(UTC).isoformat(),
            "metadataVersion": "1",
            "dataVersion": "2",
        }
        headers = {"aeg-event-type": "SubscriptionValidation", "aeg-subscription-name": subscription.name.upper()}
        async with self._session.post(
            _address(subscription),
            data=json.dumps([event]).encode(),
            headers={**headers, "Content-Type": _JSON},
            timeout=self._timeout,
            allow_redirects=False,
        ) as answer:
            if answer.status != HTTPStatus.OK or _validation_response(await answer.text(errors="replace")) != code:
                raise HandshakeRefusedError(f"answered {answer.status} without the validation code")

    async def send(self, subscription: Subscription, delivery: Delivery) -> Outcome:
        """POST the event; a redirect is a failure, as it is for Event Grid."""
        event = dict(delivery.event.body)
        is_cloud_event = delivery.event.schema is EventSchema.CLOUD_EVENTS
        try:
            async with self._session.post(
                _address(subscription),
                data=json.dumps(event if is_cloud_event else [event]).encode(),
                headers=_headers(subscription, delivery),
                timeout=self._timeout,
                allow_redirects=False,
            ) as answer:
                return Outcome.of_status(answer.status)
        except TimeoutError:
            return Outcome(None, "TimedOut")
        except aiohttp.ClientError:
            return Outcome(None, "SocketError")


def _address(subscription: Subscription) -> str:
    """Return where a webhook is; raises ValueError for a subscription of another kind."""
    if subscription.endpoint_url is None:
        raise ValueError(f"the subscription {subscription.name} has no webhook")
    return subscription.endpoint_url


def _headers(subscription: Subscription, delivery: Delivery) -> dict[str, str]:
    """Return the headers of a delivery; the subscription's name is in capitals."""
    headers = {
        "Origin": ORIGIN,
        "aeg-event-type": "Notification",
        "aeg-subscription-name": subscription.name.upper(),
        "aeg-delivery-count": str(delivery.attempts),
        "aeg-output-event-id": delivery.event.id,
    }
    if delivery.event.schema is EventSchema.CLOUD_EVENTS:
        return {**headers, "Content-Type": _CLOUD_EVENT, "aeg-metadata-version": "1.0"}
    version = str(delivery.event.body["dataVersion"])
    return {**headers, "Content-Type": _JSON, "aeg-metadata-version": "1", "aeg-data-version": version}


def _validation_response(text: str) -> object:
    try:
        answer = json.loads(text)
    except ValueError:
        return None
    return answer.get("validationResponse") if isinstance(answer, dict) else None
