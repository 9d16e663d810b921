"""The parts of the cloud as services that come back at the same address when they are started again."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from local.azurite import Azurite, AzuriteError, Ports, start_azurite
from local.cloud.addresses import CloudError
from local.processes import Part, PartError

_READY_SECONDS = 180.0
_LOG_LINES = 12
_MOST_ENDS, _WITHIN_SECONDS = 5, 60.0
_PAUSE = 0.5


class Service(Protocol):
    """One part: `start` again after it ended gives it the address it had."""

    name: str

    @property
    def pid(self) -> int:
        """The process id of its present process."""

    async def start(self) -> None:
        """Start it and wait until it serves; raises CloudError."""

    async def stop(self) -> None:
        """Let it finish what it does, then end it; when that is cancelled, end it at once."""

    async def wait(self) -> int:
        """Wait until it ends; returns its exit code."""


@dataclass
class PartService:
    """A part that is a Python module. Its stderr goes to the file `log`.

    Attributes:
        name: what people call it.
        module: what `python -m` runs.
        arguments: its command line but for `--port`.
        environment: its whole environment.
        port: preferred port, 0 for a free one; after the first start the port it has.
        grace: seconds between SIGTERM and SIGKILL.
    """

    name: str
    module: str
    arguments: tuple[str, ...]
    environment: Mapping[str, str]
    log: Path
    port: int = 0
    grace: float = 30.0
    part: Part | None = field(default=None, init=False)

    @property
    def pid(self) -> int:
        """The process id of its present process."""
        return self._part().pid

    @property
    def ready(self) -> dict[str, Any]:
        """What it said when it was ready."""
        return self._part().ready

    @property
    def url(self) -> str:
        """Its address, without a slash at the end."""
        return str(self.ready["url"]).rstrip("/")

    async def start(self) -> None:
        """Start it and wait until it serves; raises CloudError with the end of its log."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        arguments = (*self.arguments, "--port", str(self.port))
        with self.log.open("ab") as log:
            self.part = Part(
                self.module, arguments, self.environment, log, ready_timeout=_READY_SECONDS, grace=self.grace
            )
            try:
                await self.part.start()
            except PartError as error:
                raise CloudError(f"The {self.name} did not start: {error}\n{self._last_lines()}") from error
        self.port = urlsplit(self.url).port or 0

    async def stop(self) -> None:
        """SIGTERM, and SIGKILL after `grace` seconds or when cancelled."""
        part = self._part()
        try:
            await part.stop()
        except asyncio.CancelledError:
            part.kill()
            raise

    async def wait(self) -> int:
        """Wait until it ends; returns its exit code."""
        return await self._part().wait()

    def _part(self) -> Part:
        if self.part is None:
            raise CloudError(f"The {self.name} was not started.")
        return self.part

    def _last_lines(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines()[-_LOG_LINES:]
        return "\n".join([*(f"  {line}" for line in lines), f"  (its log: {self.log})"])


@dataclass
class AzuriteService:
    """Azurite on the folder `directory`, with a log of its requests where `access_log` names a file."""

    directory: Path
    ports: Ports = Ports()
    access_log: Path | None = None
    name: str = "storage"
    azurite: Azurite | None = field(default=None, init=False)

    @property
    def pid(self) -> int:
        """The process id of its present process."""
        return self._running().process.pid

    @property
    def connection_string(self) -> str:
        """The connection string of the storage account."""
        return self._running().connection_string

    async def start(self) -> None:
        """Start it; raises CloudError. When cancelled meanwhile, it is stopped as soon as it runs."""
        start = partial(start_azurite, self.directory, self.ports, access_log=self.access_log)
        starting = asyncio.create_task(asyncio.to_thread(start))
        try:
            self.azurite = await asyncio.shield(starting)
        except asyncio.CancelledError:
            (await starting).stop()
            raise
        except AzuriteError as error:
            raise CloudError(str(error)) from error
        self.ports = self.azurite.ports

    async def stop(self) -> None:
        """Flush and end it."""
        await asyncio.shield(asyncio.to_thread(self._running().stop))

    async def wait(self) -> int:
        """Wait until it ends; returns its exit code."""
        process = self._running().process
        while (code := process.poll()) is None:  # noqa: ASYNC110 - a process started elsewhere sets no event
            await asyncio.sleep(_PAUSE)
        return code

    def _running(self) -> Azurite:
        if self.azurite is None:
            raise CloudError("Storage was not started.")
        return self.azurite


async def keep_running(service: Service, report: Callable[[str], None], restarted: Callable[[], None]) -> None:
    """Start a service again whenever it ends, until cancelled.

    Raises CloudError when it ended or failed to start five times within a minute.
    """
    ends = deque[float](maxlen=_MOST_ENDS)
    running = True
    while True:
        if running:
            code = await service.wait()
            report(f"The {service.name} ended ({_how(code)}); starting it again.")
        ends.append(time.monotonic())
        if len(ends) == _MOST_ENDS and ends[-1] - ends[0] < _WITHIN_SECONDS:
            raise CloudError(f"The {service.name} ended {_MOST_ENDS} times within a minute.")
        await asyncio.sleep(_PAUSE)
        try:
            await service.start()
        except CloudError as error:
            running = False
            report(str(error))
        else:
            running = True
            restarted()


def _how(code: int) -> str:
    return f"killed by signal {-code}" if code < 0 else f"exit code {code}"
