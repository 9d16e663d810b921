"""One worker process as the host sees it: start it, call functions in it, notice its death."""

import asyncio
import logging
import signal
import socket
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from uuid import uuid4

from local.host.workers.functions import Function
from local.host.workers.wire import Data, Message, encode_message, read_message
from local.processes import child_environment, kill_group

_log = logging.getLogger(__name__)

_STDERR = 2  # what the app prints goes to the log: the host's stdout is for its ready line


class WorkerError(RuntimeError):
    """A worker could not start: the app's exception while it was indexed, or how the process ended."""


@dataclass(frozen=True)
class Call:
    """One invocation to be made: arguments and trigger metadata by name, as wire data."""

    function: Function
    inputs: Mapping[str, Data]
    metadata: Mapping[str, Data] = field(default_factory=dict)
    invocation_id: str = field(default_factory=lambda: str(uuid4()))

    def message(self) -> Message:
        """Return the call as a message to the worker."""
        return {
            "op": "invoke",
            "id": self.invocation_id,
            "function": self.function.name,
            "function_id": self.function.function_id,
            "inputs": dict(self.inputs),
            "metadata": dict(self.metadata),
        }


@dataclass(frozen=True)
class Outcome:
    """How an invocation ended; `error` is one line for the log, `trace` the worker's stack trace."""

    status: Literal["success", "failure", "cancelled", "unstarted"]
    return_value: Data | None = None
    error: str = ""
    trace: str = ""

    @property
    def is_success(self) -> bool:
        """Whether the function returned."""
        return self.status == "success"


class WorkerProcess:
    """A running worker. `functions` is the metadata that it sent after indexing the app."""

    def __init__(
        self, process: asyncio.subprocess.Process, connection: socket.socket, on_arrival: Callable[[str], None]
    ) -> None:
        self._process = process
        self._on_arrival = on_arrival
        self._connection = connection
        self._writer: asyncio.StreamWriter | None = None
        self._waiting: dict[str, asyncio.Future[Outcome]] = {}
        self._reading: asyncio.Task[None] | None = None
        self._reason = "the worker process died"
        self._killed = False
        self.functions: list[dict[str, Any]] = []
        self.dead = asyncio.Event()

    @classmethod
    async def start(
        cls,
        app: Path,
        environment: Mapping[str, str],
        log_level: str,
        on_arrival: Callable[[str], None],
        clock_offset: float = 0.0,
    ) -> "WorkerProcess":
        """Start a worker for the app and wait until it has indexed it.

        `on_arrival` is called with the name of each queue that the app puts a message on; `clock_offset`: seconds that
        the worker's clock is ahead.

        Raises:
            WorkerError: indexing failed, or the process ended before.
        """
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        theirs.setblocking(False)
        with theirs:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "local.host.workers.worker",
                "--app", str(app), "--socket", str(theirs.fileno()), "--log-level", log_level,
                "--clock-offset", str(clock_offset),
                cwd=app, env=child_environment(environment), pass_fds=[theirs.fileno()], start_new_session=True,
                stdin=asyncio.subprocess.PIPE, stdout=_STDERR,
            )  # fmt: skip
        worker = cls(process, ours, on_arrival)
        try:
            await worker._connect()
        except BaseException:  # a cancelled start too: its process must not stay
            await worker.end()
            raise
        return worker

    @property
    def pid(self) -> int:
        """The process id, which is also its process group."""
        return self._process.pid

    @property
    def usable(self) -> bool:
        """Whether the process runs and is not to be ended."""
        return not (self._killed or self.dead.is_set())

    @property
    def in_flight(self) -> int:
        """How many invocations run in it."""
        return len(self._waiting)

    async def invoke(self, call: Call) -> Outcome:
        """Run one function; a worker that dies meanwhile gives a failure, not an exception."""
        if not self.usable or self._writer is None:
            return Outcome("failure", error=self._reason)
        try:
            message = encode_message(call.message())
        except ValueError as error:
            return Outcome("failure", error=str(error))
        answer: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._waiting[call.invocation_id] = answer
        try:
            self._writer.write(message)
            return await answer
        finally:
            self._waiting.pop(call.invocation_id, None)

    def cancel(self) -> None:
        """Cancel what runs in it: asynchronous functions get a CancelledError, others run on."""
        self._tell({"op": "cancel"})

    def kill(self, reason: str) -> None:
        """SIGKILL to the worker and everything it started; its invocations fail with the reason."""
        self._reason = reason
        self._killed = True
        kill_group(self.pid)

    async def drain(self, grace: float) -> None:
        """Ask it to end, and kill what is left of its group after `grace` seconds."""
        self._tell({"op": "drain"})
        try:
            await asyncio.wait_for(self._process.wait(), grace)  # not its socket's end: it tidies up after that
        except TimeoutError:
            _log.warning("worker %d did not end within %.0f s", self.pid, grace)
        await self.end()

    async def end(self) -> None:
        """Kill its group and free what it holds; harmless when it is gone already."""
        self.kill(self._reason)
        await self._process.wait()
        if self._reading is not None:
            await self._reading
        if self._writer is not None:
            self._writer.close()
        self._connection.close()

    async def _connect(self) -> None:
        reader, self._writer = await asyncio.open_unix_connection(sock=self._connection)
        hello = await read_message(reader)
        if hello is None:
            raise WorkerError(f"the worker ended with {_exit(await self._process.wait())} before the app was indexed")
        if hello["op"] == "failed":
            raise WorkerError(hello["error"])
        self.functions = hello["functions"]
        self._reading = asyncio.create_task(self._read(reader))

    async def _read(self, reader: asyncio.StreamReader) -> None:
        reading = asyncio.create_task(self._answers(reader))
        ended = asyncio.create_task(self._process.wait())
        # A process forked by the app may hold the socket open after the worker's death, so both are watched.
        await asyncio.wait({reading, ended}, return_when=asyncio.FIRST_COMPLETED)
        for task in (reading, ended):
            task.cancel()
        await asyncio.gather(reading, ended, return_exceptions=True)
        self.dead.set()
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_result(Outcome("failure", error=self._reason))

    async def _answers(self, reader: asyncio.StreamReader) -> None:
        while message := await read_message(reader):
            if message["op"] == "arrival":
                self._on_arrival(message["queue"])
                continue
            answer = self._waiting.get(message["id"])
            if answer is not None and not answer.done():
                answer.set_result(Outcome(**{key: message[key] for key in message.keys() - {"op", "id"}}))

    def _tell(self, message: Message) -> None:
        if self._writer is not None and not self.dead.is_set():
            self._writer.write(encode_message(message))


def _exit(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"code {code}"
