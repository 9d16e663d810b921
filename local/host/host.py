"""The host: reads the app's configuration, starts workers, listens to every trigger, and ends without loss."""

import asyncio
import hashlib
import logging
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from azure.storage.blob.aio import ContainerClient

from local.host.server import Server
from local.host.settings.config import QUEUE_LOCK, AppSettings, HostConfig, QueueOptions
from local.host.settings.keys import Keys
from local.host.settings.storage import BLOB_POISON_QUEUE, Storage, blob_trigger_queue, poison_queue
from local.host.sign_in import MARKER, SignIn
from local.host.triggers.blob_scan import BlobScanner
from local.host.triggers.blob_trigger import BlobQueue, BlobQueueHandler, BlobTrigger
from local.host.triggers.http_trigger import HttpTrigger
from local.host.triggers.queue_listener import Handler, QueueListener
from local.host.triggers.queue_trigger import QueueTrigger
from local.host.triggers.timer_trigger import TimerTrigger
from local.host.triggers.webhooks import Webhooks
from local.host.workers.functions import Function, read_functions
from local.host.workers.pool import WorkerPool

_log = logging.getLogger(__name__)

_STORAGE = "AzureWebJobsStorage"


@dataclass(frozen=True)
class HostOptions:
    """How a host runs.

    Attributes:
        app: the folder with function_app.py and host.json.
        settings: the app's settings and the whole environment of its workers.
        state: where keys are kept.
        port: of the HTTP server on 127.0.0.1; 0 takes a free one.
        workers: how many worker processes.
        log_level: of the workers' log.
        max_polling_interval: upper bound on host.json's, seconds, so that a local run answers quickly.
        scan_interval: seconds between two scans of a container by the polling blob source.
        queue_lock: how long a queue message is locked at a time.
        poison_retry: how long a message of a `-poison` queue stays invisible after it failed.
        grace: seconds that running invocations are given to end.
        clock_skew: how wrong the workers' clocks may be, seconds; for tests of what that does to the app.
        sign_in: whether a stand-in for the platform's sign-in is in front of the functions.
        open_paths: paths that need no sign-in.
    """

    app: Path
    settings: Mapping[str, str]
    state: Path
    port: int = 0
    workers: int = 1
    log_level: str = "WARNING"
    max_polling_interval: float = 1.0
    scan_interval: float = 2.0
    queue_lock: timedelta = QUEUE_LOCK
    poison_retry: timedelta = QUEUE_LOCK
    grace: float = 30.0
    clock_skew: float = 0.0
    sign_in: bool = False
    open_paths: tuple[str, ...] = ("/api/health",)

    @property
    def host_id(self) -> str:
        """Names the host's own queues and blobs: the setting of the real host, else made from the app's path."""
        configured_id = self.settings.get("AzureFunctionsWebHost__hostid")
        return configured_id or f"local-{hashlib.sha256(str(self.app.resolve()).encode()).hexdigest()[:12]}"


class Host:
    """A running function app: `await start()`, then `url`; `await stop()` drains."""

    def __init__(self, options: HostOptions) -> None:
        self.options = options
        self.functions: list[Function] = []
        self.keys = Keys.load(options.state)
        self._config = HostConfig.read(options.app)
        self._settings = AppSettings(options.settings)
        self._storage = Storage()
        self._pool = WorkerPool(
            options.app,
            self._worker_environment(),
            options.workers,
            self._config.function_timeout,
            options.log_level,
            lambda queue: self._storage.arrival(queue).set(),
            options.clock_skew,
        )
        self._server: Server | None = None
        self._listeners: list[QueueListener | TimerTrigger] = []
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def url(self) -> str:
        """The address of its HTTP server, without a slash at the end."""
        if self._server is None:
            raise RuntimeError("the host was not started")
        return self._server.url

    async def start(self) -> None:
        """Index the app, open the HTTP server, and listen.

        Raises:
            WorkerError: the app cannot be indexed; its exception is in the message.
            ConfigError: a binding or a setting cannot be used.
        """
        try:
            self.functions = read_functions(await self._pool.start(), self._settings)
            await self._listen()
        except BaseException:  # a cancelled start too: what is up by then must not stay
            await self.stop(grace=0)
            raise

    async def stop(self, grace: float | None = None) -> None:
        """Take no more work, let running invocations end within `grace` seconds, then end workers and server."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._pool.drain(self.options.grace if grace is None else grace)
        await asyncio.gather(*(listener.finish() for listener in self._listeners))
        if self._server is not None:
            await self._server.stop()
        await self._storage.close()

    def kill(self) -> None:
        """End every worker process at once, losing what runs."""
        self._pool.kill()

    def status(self) -> dict[str, Any]:
        """Return what `/admin/host/status` tells: state, functions, worker pids, invocations in flight."""
        return {
            "id": self.options.host_id,
            "state": "Running" if self._pool.pids else "Error",
            "functions": [{"name": function.name, "trigger": function.trigger.type} for function in self.functions],
            "workers": self._pool.pids,
            "inFlight": self._pool.in_flight,
        }

    async def wait_failed(self) -> None:
        """Wait until a listener fails because of a defect of this host, and raise its error."""
        if not self._tasks:
            await asyncio.Event().wait()
        done, _ = await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()

    def _worker_environment(self) -> dict[str, str]:
        app = str(self.options.app.resolve())
        defaults = {"FUNCTIONS_WORKER_RUNTIME": "python", "AZURE_FUNCTIONS_ENVIRONMENT": "Development"}
        platform = {"AzureWebJobsScriptRoot": app, MARKER: str(self.options.sign_in)}
        return defaults | dict(self.options.settings) | platform

    async def _listen(self) -> None:
        host_storage = self._settings.connection_string(_STORAGE)
        queues = await self._storage.queues(host_storage)
        blob_queue = BlobQueue(self._storage, queues.get_queue_client(blob_trigger_queue(self.options.host_id)))
        http = HttpTrigger(self._of("httpTrigger"), self._pool, self.keys)
        webhooks = Webhooks(self._of("eventGridTrigger"), blob_queue, self._pool, self.keys)
        prefix = self._config.extensions.http.route_prefix
        sign_in = SignIn(self.keys.master, self.options.open_paths) if self.options.sign_in else None
        self._server = Server(http, webhooks, self.keys, self.status, prefix, sign_in)
        for function in self._of("queueTrigger"):
            await self._listen_to_queue(function)
        own_blobs = await self._storage.hosts_container(host_storage)
        await self._listen_to_blobs(host_storage, blob_queue, own_blobs)
        for function in self._of("timerTrigger"):
            self._listen_with(TimerTrigger(function, self._pool, own_blobs, self.options.host_id))
        await self._server.start(self.options.port)

    async def _listen_to_queue(self, function: Function) -> None:
        connection = self._settings.connection_string(function.trigger.text("connection", _STORAGE))
        trigger = QueueTrigger(function, self._pool)
        poison = poison_queue(trigger.queue_name)
        options = self._config.extensions.queues
        await self._listen_to(connection, trigger.queue_name, poison, options, trigger.handle)

    async def _listen_to_blobs(self, host_storage: str, blob_queue: BlobQueue, receipts: ContainerClient) -> None:
        triggers = []
        for function in self._of("blobTrigger"):
            connection = self._settings.connection_string(function.trigger.text("connection", _STORAGE))
            triggers.append(BlobTrigger(function, await self._storage.blobs(connection)))
        if not triggers:
            return
        for trigger in triggers:
            if trigger.scans:
                scanner = BlobScanner(trigger, blob_queue, receipts, self.options.host_id, self.options.scan_interval)
                self._run(scanner.run())
        options = self._config.extensions.blobs.as_queue_options()
        handler = BlobQueueHandler(triggers, self._pool)
        queue = blob_trigger_queue(self.options.host_id)
        await self._listen_to(host_storage, queue, BLOB_POISON_QUEUE, options, handler.handle)

    async def _listen_to(
        self, connection: str, queue: str, poison: str | None, options: QueueOptions, handle: Handler
    ) -> None:
        queues = await self._storage.queues(connection)
        listener = QueueListener(
            self._storage, queues.get_queue_client(queue), queues.get_queue_client(poison) if poison else None, options,
            handle, self._pool.wait_available, self.options.max_polling_interval, self.options.queue_lock,
            self.options.poison_retry,
        )  # fmt: skip
        self._listen_with(listener)

    def _listen_with(self, listener: QueueListener | TimerTrigger) -> None:
        self._listeners.append(listener)
        self._run(listener.run())

    def _of(self, trigger: str) -> list[Function]:
        return [function for function in self.functions if function.trigger.type == trigger]

    def _run(self, listening: Coroutine[Any, Any, None]) -> None:
        self._tasks.append(asyncio.create_task(listening))
