"""Run the parts of the local cloud as processes of their own.

A part is `python -m local.NAME`. It prints one JSON line on stdout when it is ready, logs to stderr, drains and
exits on SIGTERM or SIGINT, and exits when its stdin ends, so that nothing is left when its parent is killed.
"""

import asyncio
import contextlib
import json
import os
import signal
import stat
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

_REPOSITORY = Path(__file__).resolve().parent.parent


class PartError(RuntimeError):
    """A part of the local cloud ended, or was not ready in time."""


@dataclass
class Part:
    """One part as a child process; `ready` is the JSON line that it printed when it could serve.

    Attributes:
        module: what `python -m` runs, for example `local.host`.
        arguments: its command line.
        environment: the whole environment it gets; None hands ours on.
        log: where its stderr goes; None leaves it on ours.
        ready_timeout: seconds until it must have said that it is ready.
        grace: seconds between SIGTERM and SIGKILL of its process group.
    """

    module: str
    arguments: tuple[str, ...] = ()
    environment: Mapping[str, str] | None = None
    log: IO[bytes] | None = None
    ready_timeout: float = 60.0
    grace: float = 45.0
    ready: dict[str, Any] = field(default_factory=dict)
    _process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int:
        """The process id, which is also the id of its process group and session."""
        return self._running().pid

    @property
    def returncode(self) -> int | None:
        """How it ended; None while it runs."""
        return self._running().returncode

    @property
    def stdin(self) -> asyncio.StreamWriter | None:
        """Its standard input; it ends when this is closed."""
        return self._running().stdin

    async def start(self) -> None:
        """Start it and wait for its ready line.

        Raises:
            PartError: it ended before, or took longer than `ready_timeout`.
        """
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", self.module, *self.arguments,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=self.log,
            env=child_environment(self.environment), start_new_session=True,
        )  # fmt: skip
        try:
            async with asyncio.timeout(self.ready_timeout):
                self.ready = await self._read_ready()
        except BaseException as error:  # a cancelled start too: its process must not stay
            self.kill()
            await self._process.wait()
            if isinstance(error, TimeoutError):
                raise PartError(f"{self.module} was not ready within {self.ready_timeout:.0f} s") from error
            raise

    async def stop(self) -> int:
        """SIGTERM, then SIGKILL to its whole group after `grace` seconds; returns its exit code."""
        process = self._running()
        if process.returncode is None:
            process.terminate()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), self.grace)
        self.kill()
        return await process.wait()

    async def restart(self) -> None:
        """Stop it and start it again with the same arguments; a free port (`--port 0`) will be another one."""
        await self.stop()
        await self.start()

    async def wait(self) -> int:
        """Wait until the process ends; returns its exit code."""
        return await self._running().wait()

    def kill(self) -> None:
        """SIGKILL to its whole process group, at once."""
        kill_group(self.pid)

    async def _read_ready(self) -> dict[str, Any]:
        process = self._running()
        assert process.stdout is not None  # noqa: S101 - asked for a pipe above
        line = await process.stdout.readline()
        if not line:
            raise PartError(f"{self.module} ended with code {await process.wait()} before it was ready")
        ready: dict[str, Any] = json.loads(line)
        return ready

    def _running(self) -> asyncio.subprocess.Process:
        if self._process is None:
            raise PartError(f"{self.module} was not started")
        return self._process


@asynccontextmanager
async def part(module: str, *arguments: str, **options: Any) -> AsyncIterator[Part]:  # noqa: ANN401 - Part's own fields
    """Run a part for the length of a block.

    For example `async with part("local.host", "--app", ".") as host: print(host.ready["url"])`; `options` are the
    further fields of `Part`. Raises PartError when it does not come up.
    """
    running = Part(module, arguments, **options)
    await running.start()
    try:
        yield running
    finally:
        await asyncio.shield(running.stop())


def child_environment(environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return an environment in which `python -m local.NAME` works from any directory."""
    merged = dict(os.environ if environment is None else environment)
    merged["PYTHONPATH"] = os.pathsep.join(filter(None, [str(_REPOSITORY), merged.get("PYTHONPATH", "")]))
    return merged


def kill_group(pid: int) -> None:
    """SIGKILL every process of the group that `pid` leads; one that is gone already is no error."""
    with contextlib.suppress(ProcessLookupError, PermissionError):  # macOS refuses a group of zombies
        os.killpg(pid, signal.SIGKILL)


def announce(**ready: object) -> None:
    """Print the line that tells the parent that this part is ready."""
    print(json.dumps({"ready": True, **ready}), flush=True)


class Shutdown:
    """Tells a part when to end: SIGTERM, SIGINT, or the end of its stdin when that is its parent's pipe.

    The first reason sets `requested`; any further signal sets `immediate`. Construct it inside the event loop.
    """

    def __init__(self) -> None:
        self.requested = asyncio.Event()
        self.immediate = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.request)
        if stat.S_ISFIFO(os.fstat(0).st_mode) or stat.S_ISSOCK(os.fstat(0).st_mode):
            loop.add_reader(0, self._read_stdin)

    def request(self) -> None:
        """Ask for the end; a second time, for the end at once."""
        (self.immediate if self.requested.is_set() else self.requested).set()

    def _read_stdin(self) -> None:
        if not os.read(0, 4096):
            asyncio.get_running_loop().remove_reader(0)
            self.requested.set()
