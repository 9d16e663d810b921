"""One running cloud: starts every part, keeps it alive, and leaves nothing behind."""

import asyncio
import contextlib
import os
import secrets
import tempfile
import time
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from local.cloud import storage
from local.cloud.addresses import Addresses, CloudError, claim_state_folder, events_file, left_behind
from local.cloud.options import (
    APP,
    CloudOptions,
)
from local.cloud.services import AzuriteService, PartService, Service, keep_running
from local.cloud.subscriptions import TOPIC, demo_subscription, is_upload_subscription, upload_subscriptions
from local.collector.server import serve
from local.collector.telemetry_files import telemetry_folder
from local.event_grid.state.config import LOCAL_TOPIC_KEY
from local.host.settings.keys import Keys
from local.processes import child_environment

_GRACE = 20.0
_QUEUE_LOCK = 60.0  # seconds; what a killed host had begun is begun again after that, in Azure after ten minutes
_SUBSCRIBE_SECONDS = 30
_LEFTOVER_SECONDS = 3.0
_LONGEST_SCRATCH = 70  # Python makes sockets in it, whose paths (here 32 longer) may have 103 bytes on macOS


def _say_nothing(_text: str) -> None:
    return


class Cloud:
    """`async with Cloud(options) as cloud:` runs one; `cloud.addresses` says where it is.

    A part that dies is started again at its address. When one keeps dying the block is cancelled, and leaving it raises
    an ExceptionGroup with the CloudError. Entering raises CloudError when something cannot start. `report` receives
    progress, one line at a time.
    """

    addresses: Addresses
    moved_ports: tuple[str, ...] = ()
    """A sentence for each part that listens on another port than the settings name, because that one was taken."""
    ready_after: float = 0.0
    """Seconds from its construction until it was ready."""

    def __init__(self, options: CloudOptions, report: Callable[[str], None] = _say_nothing) -> None:
        self.options = options
        self._report = report
        self._began = time.monotonic()
        self._stack = AsyncExitStack()
        self._services: dict[str, Service] = {}
        self._keepers: list[asyncio.Task[None]] = []
        self._tasks: asyncio.TaskGroup

    async def __aenter__(self) -> Self:
        self.options.check_settings()
        async with AsyncExitStack() as stack:
            stack.enter_context(claim_state_folder(self.options.state))
            await _end_leftovers(self.options.state)
            self._tasks = await stack.enter_async_context(asyncio.TaskGroup())
            await self._start(stack)
            self._keepers = [self._tasks.create_task(self._keep(service)) for service in self._services.values()]
            stack.push_async_callback(self._stop_keeping)
            self._stack = stack.pop_all()
        self.moved_ports = self._find_moved_ports()
        self.ready_after = time.monotonic() - self._began
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        return await self._stack.__aexit__(kind, error, trace)

    @property
    def host(self) -> PartService:
        """The Functions host."""
        host = self._services["host"]
        assert isinstance(host, PartService)  # noqa: S101 - _start put it there
        return host

    def _find_moved_ports(self) -> tuple[str, ...]:
        if not self.options.fixed_ports:
            return ()
        settings = self.options.settings
        preferred_ports = {
            "host": settings.host_port,
            "event grid": settings.event_grid_port,
            "model server": settings.model_port,
            "subscriber": settings.subscriber_port,
        }
        ports = {name: service.port for name, service in self._services.items() if isinstance(service, PartService)}
        moved = [
            f"port {port} is taken: the {name} listens on {ports[name]}"
            for name, port in preferred_ports.items()
            if port and name in ports and ports[name] != port
        ]
        storage = self._services["storage"]
        preferred = (settings.blob_port, settings.queue_port, settings.table_port)
        if isinstance(storage, AzuriteService) and all(preferred):
            actual = (storage.ports.blob, storage.ports.queue, storage.ports.table)
            if actual != preferred:
                moved.append(f"one of the ports {preferred} is taken: storage listens on {actual}")
        return tuple(moved)

    async def _start(self, stack: AsyncExitStack) -> None:
        """Start the parts in the order of their needs; what can start at once does. They end in the opposite order."""
        options = self.options
        azurite = AzuriteService(options.state / "azurite", options.storage_ports(), options.storage_log)
        subscriber = self._part("subscriber", "local.event_grid.subscriber", options.settings.subscriber_port)
        subscriber.arguments = ("--out", str(events_file(options.state)))
        key = secrets.token_urlsafe(24)
        models = self._part("model server", "local.model_server", options.settings.model_port)
        workers = ("--workers", str(options.settings.model_workers))
        models.arguments = (f"--key={key}", *workers, *options.model_arguments)
        first: list[Service] = [azurite, subscriber, *([models] if options.starts_model_server else [])]
        await self._together(*(self._begin(stack, service) for service in first))

        grid = self._part("event grid", "local.event_grid", options.settings.event_grid_port)
        containers = [container.name for container in options.settings.upload_containers]
        watched = [argument for name in containers for argument in ("--watch", name)]
        grid.arguments = ("--state", str(options.state / "event_grid"), "--topic", TOPIC, *watched)
        grid.environment = child_environment() | {"AzureWebJobsStorage": azurite.connection_string}
        preparing = storage.prepare(azurite.connection_string, options.settings.intake, containers)
        await self._together(self._begin(stack, grid), preparing)

        model = f"{models.url}/v1" if options.starts_model_server else None
        topic = str(grid.ready["topics"][TOPIC])
        collector = None
        if options.starts_collector:
            collector = await stack.enter_async_context(serve(telemetry_folder(options.state)))
        app = options.app_environment(azurite.connection_string, topic, model, key, collector)
        host = await self._start_host(stack, app)
        self.addresses = self._addresses(azurite.connection_string, host, grid, subscriber, model)
        await self._subscribe(str(subscriber.ready["endpoint"]))
        self._publish_addresses()

    async def _start_host(self, stack: AsyncExitStack, environment: dict[str, str]) -> PartService:
        options = self.options
        host = self._part("host", "local.host", options.settings.host_port)
        # A killed worker leaves the files that it was reading in its temporary folder: give it one of its own.
        scratch = stack.enter_context(tempfile.TemporaryDirectory(prefix="intray-", ignore_cleanup_errors=True))
        host.environment = environment | ({"TMPDIR": scratch} if len(scratch) < _LONGEST_SCRATCH else {})
        host.arguments = (
            *("--app", str(APP), "--state", str(options.state / "host"), "--grace", str(_GRACE)),
            *("--workers", str(options.settings.workers), "--log-level", "INFO"),
            *("--queue-lock", str(_QUEUE_LOCK)),
            *(("--sign-in",) if options.sign_in else ()),
            *options.host_arguments,
        )
        await self._begin(stack, host)
        return host

    def _addresses(
        self, account: str, host: PartService, grid: PartService, subscriber: PartService, model: str | None
    ) -> Addresses:
        options, keys = self.options, self._keys()
        return Addresses(
            pid=os.getpid(),
            started=datetime.now(UTC),
            state=options.state.resolve(),
            drop=options.drop.resolve() if options.drop else None,
            containers=tuple(container.name for container in options.settings.upload_containers),
            storage=account,
            api=f"{host.url}/api",
            api_key=keys.functions["default"],
            admin_key=keys.master,
            topic=str(grid.ready["topics"][TOPIC]),
            topic_key=LOCAL_TOPIC_KEY,
            event_grid=grid.url,
            subscriber=subscriber.url,
            models=model or str(options.settings.model_endpoint),
        )

    def _keys(self) -> Keys:
        return Keys.load(self.options.state / "host")

    def _part(self, name: str, module: str, port: int) -> PartService:
        log = self.options.state / "logs" / f"{name.replace(' ', '-')}.log"
        log.unlink(missing_ok=True)  # that of the last start
        return PartService(name, module, (), child_environment(), log, self.options.port(port), _GRACE + 10)

    async def _begin(self, stack: AsyncExitStack, service: Service) -> None:
        await service.start()
        stack.push_async_callback(service.stop)
        self._services[service.name] = service
        self._report(f"{service.name} ready after {time.monotonic() - self._began:.1f} s")

    @staticmethod
    async def _together(*starts: Coroutine[Any, Any, None]) -> None:
        """Run them at once; the first failure cancels the others, and is raised when they have ended."""
        try:
            async with asyncio.TaskGroup() as group:
                for start in starts:
                    group.create_task(start)
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from None

    async def _subscribe(self, endpoint: str) -> None:
        import aiohttp

        settings, keys = self.options.settings, self._keys().system
        uploads = upload_subscriptions(settings.intake, settings.upload_containers, self.addresses.host, keys)
        subscriptions = {**uploads, "demo": demo_subscription(endpoint)}
        async with aiohttp.ClientSession(self.addresses.event_grid) as session:
            async with session.get("/subscriptions") as answer:
                present = [str(found["name"]) for found in await answer.json()]
            for name in present:
                if is_upload_subscription(name) and name not in subscriptions:
                    await session.delete(f"/subscriptions/{name}")  # left by a start with other settings
            for name, subscription in subscriptions.items():
                address = f"/subscriptions/{name}?wait={_SUBSCRIBE_SECONDS}"
                async with session.put(address, json=subscription) as answer:
                    if not answer.ok:
                        raise CloudError(f"Event Grid did not take the subscription {name}: {await answer.text()}")

    async def _keep(self, service: Service) -> None:
        await keep_running(service, self._report, self._publish_addresses)

    def _publish_addresses(self) -> None:
        pids = {name: service.pid for name, service in self._services.items()}
        self.addresses = self.addresses.model_copy(update={"pids": pids})
        self.addresses.write()

    async def _stop_keeping(self) -> None:
        for keeper in self._keepers:
            keeper.cancel()
        await asyncio.gather(*self._keepers, return_exceptions=True)


async def _end_leftovers(state: Path) -> None:
    """End the parts of a cloud that was killed: they notice that by themselves, but drain for long without storage.

    Storage is not killed, for it may still write. Raises CloudError when it does not end.
    """
    import psutil

    died = left_behind(state)
    if died is None:
        return
    parts: dict[str, psutil.Process] = {}
    for name, pid in died.pids.items():
        with contextlib.suppress(psutil.NoSuchProcess):
            process = psutil.Process(pid)
            if process.create_time() <= died.started.timestamp():  # else the id was given to somebody else since
                parts[name] = process
    _, alive = await asyncio.to_thread(psutil.wait_procs, parts.values(), _LEFTOVER_SECONDS)
    for process in alive:
        if process is not parts.get("storage"):
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
    _, alive = await asyncio.to_thread(psutil.wait_procs, alive, _GRACE)
    if alive:
        pids = ", ".join(str(process.pid) for process in alive)
        raise CloudError(f"Parts of a cloud that was killed still run on {state}: end the processes {pids}.")
