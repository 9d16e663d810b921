"""The stage of a run: a throwaway cloud whose app reaches storage through the proxy and tells events to the witness."""

import socket
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from local.azurite import Ports
from local.cloud.addresses import CloudError
from local.cloud.cloud import Cloud
from local.cloud.options import CloudOptions
from local.cloud.subscriptions import TOPIC, blob_subscription
from local.host.settings.keys import Keys
from local.settings import LocalSettings
from quality.chaos.evidence.outside import Outside, outside
from quality.chaos.evidence.witness import Delivery, Witness, serve
from quality.chaos.faults.plan import MODEL_SECONDS
from quality.chaos.faults.storage_proxy import Weather, storage_proxy
from quality.chaos.faults.switch import Switch
from shared.domain.documents.run import State
from shared.domain.uploads.containers import DEFAULT_CONTAINER, UploadContainer

ENVIRONMENT: Mapping[str, str] = {
    "INTRAY_SWEEP_SCHEDULE": "*/5 * * * * *",
    "INTRAY_STALLED_SECONDS": "10",
    "INTRAY_RECONCILE_SCHEDULE": "*/5 * * * * *",
    "INTRAY_RECONCILE_GRACE_SECONDS": "10",
    "INTRAY_OCR_ENGINE": "none",
    "INTRAY_MODEL_SECONDS": str(MODEL_SECONDS),
    "INTRAY_LONGEST_WAIT_SECONDS": "60",
    "INTRAY_READ_RANGE": "1",
    "INTRAY_EXTRACT_RANGE": "2",
}
"""The app's settings in a run: shorter waits than in Azure, and several ranges in small documents."""
_INCOMING = UploadContainer(name=DEFAULT_CONTAINER)
_HOST = ("--queue-lock", "12")
_SKEWED_HOST = (*_HOST, "--clock-skew", "25")
"""Two workers' clocks differ by up to 50 s: more than the claim of a model request lasts (30 s)."""
_RETRIES = {"waits": [1, 1, 2, 2, 3, 3, 5]}


@dataclass(frozen=True)
class Stage:
    """A running cloud with everything that is needed to trouble it and to look at it."""

    cloud: Cloud
    outside: Outside
    weather: Weather
    switch: Switch
    witness: Witness
    session: aiohttp.ClientSession

    @property
    def models(self) -> str:
        """The base address of the model server."""
        return self.cloud.addresses.models.removesuffix("/v1")


@asynccontextmanager
async def set_up_stage(seed: int, workers: int, burst: bool, tell: Callable[[str], None]) -> AsyncIterator[Stage]:
    """Yield a stage for the length of a block; with `burst` every blob event is told three times. Raises CloudError."""
    ports = _free_ports()
    weather, switch = Weather(seed), Switch()
    async with AsyncExitStack() as stack:
        state = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="intray-chaos-")))
        proxied = await stack.enter_async_context(storage_proxy(ports.connection_string, weather, switch))
        settings = LocalSettings().model_copy(
            update={
                "blob_port": ports.blob,
                "queue_port": ports.queue,
                "table_port": ports.table,
                "workers": workers,
                **dict.fromkeys(("host_port", "event_grid_port", "model_port", "subscriber_port"), 0),
            }
        )
        environment = {**ENVIRONMENT, "AzureWebJobsStorage": proxied}
        options = CloudOptions(
            state, settings, fixed_ports=True, environment=environment, host_arguments=_HOST if burst else _SKEWED_HOST
        )
        outside_view = await stack.enter_async_context(outside(ports.connection_string))
        witness = Witness(_stands(outside_view))
        endpoint = await stack.enter_async_context(serve(witness))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        cloud = await stack.enter_async_context(Cloud(options, tell))
        await _subscribe(session, cloud, endpoint, _faults(seed, burst))
        yield Stage(cloud, outside_view, weather, switch, witness, session)


def _faults(seed: int, burst: bool) -> dict[str, object]:
    """Return what Event Grid does to both subscriptions: repeats, and another order."""
    if burst:
        return {"duplicateEvery": 1, "copies": 2}
    return {"duplicateProbability": 0.3, "copies": 2, "reorderSeconds": 4, "seed": seed}


def _stands(outside_view: Outside) -> Callable[[Delivery], Awaitable[bool]]:
    """Return whether a `finalized` that is told now has its outcome in the table and its result in its container."""

    async def stands(delivery: Delivery) -> bool:
        document, number, _ = delivery.fact
        if await outside_view.run_state(document, number) is not State.FINALIZED:
            return False
        return await outside_view.exists(str(delivery.data["result_container"]), str(delivery.data["result_name"]))

    return stands


async def _subscribe(session: aiohttp.ClientSession, cloud: Cloud, endpoint: str, faults: dict[str, object]) -> None:
    """Put the host's subscription in place of the cloud's own, and the witness's in place of the demo's."""
    where = cloud.addresses
    key = Keys.load(where.state / "host").system["blobs_extension"]
    subscriptions = {
        "host": {**blob_subscription(where.host, key, _INCOMING), "retryPolicy": _RETRIES, "faults": faults},
        "witness": {"topic": TOPIC, "endpointUrl": endpoint, "retryPolicy": _RETRIES, "faults": faults},
    }
    for name, subscription in subscriptions.items():
        async with session.put(f"{where.event_grid}/subscriptions/{name}?wait=30", json=subscription) as answer:
            if not answer.ok:
                raise CloudError(f"Event Grid did not take the subscription {name}: {await answer.text()}")
    async with session.delete(f"{where.event_grid}/subscriptions/demo"):
        return


def _free_ports() -> Ports:
    """Three ports that are free now: the proxy has to know them before storage starts."""
    probes = [socket.socket() for _ in range(3)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return Ports(*(probe.getsockname()[1] for probe in probes))
    finally:
        for probe in probes:
            probe.close()
