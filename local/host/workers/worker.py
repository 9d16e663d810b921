"""The worker process: hosts the function app and runs what the host asks for over a socket.

Started by the host as `python -m local.host.workers.worker --app DIR --socket FD`. It leads its own process group; when
the host is gone, it ends the whole group, so that no process started by the app is left.
"""

import argparse
import asyncio
import logging
import os
import signal
import socket
import sys
import threading
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from pathlib import Path

from local.host.workers.arrivals import ArrivalHandler
from local.host.workers.runtime import IndexingError, Runtime
from local.host.workers.wire import Message, encode_message, read_message

_invocation: ContextVar[str | None] = ContextVar("invocation", default=None)


class LineFormatter(logging.Formatter):
    """One line a record: time, level, logger, function and invocation, message; line breaks are escaped."""

    def __init__(self, worker: "Worker") -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s%(where)s %(message)s")
        self._worker = worker

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line."""
        record.where = self._worker.where()
        return super().format(record).replace("\r", "\\r").replace("\n", "\\n")


class Worker:
    """Serves one host until it asks for the end or goes away."""

    def __init__(self, runtime: Runtime, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._runtime = runtime
        self._reader = reader
        self._writer = writer
        self._running: dict[str, asyncio.Task[None]] = {}
        self._functions: dict[str, str] = {}

    def where(self) -> str:
        """Return which function and invocation the caller's code belongs to, for a log line."""
        invocation = _invocation.get() or self._runtime.current_invocation()
        return f" [{self._functions.get(invocation, '?')} {invocation}]" if invocation else ""

    async def serve(self) -> bool:
        """Index, then run invocations; False when the app could not be indexed or the host is gone."""
        try:
            functions = await self._runtime.index()
        except IndexingError as error:
            self._send({"op": "failed", "error": str(error)})
            await self._writer.drain()
            return False
        self._send({"op": "ready", "functions": functions})
        while message := await read_message(self._reader):
            match message["op"]:
                case "invoke":
                    self._functions[message["id"]] = message["function"]
                    self._running[message["id"]] = asyncio.create_task(self._invoke(message))
                case "cancel":
                    for task in self._running.values():
                        task.cancel()
                case "drain":
                    await asyncio.gather(*self._running.values())
                    self._runtime.stop()
                    return True
        return False

    def tell_arrival(self, queue: str) -> None:
        """Tell the host that the app put a message on a queue."""
        self._send({"op": "arrival", "queue": queue})

    async def _invoke(self, call: Message) -> None:
        _invocation.set(call["id"])
        try:
            result = await self._runtime.invoke(call)
        except asyncio.CancelledError:
            result = {"status": "cancelled", "error": "the host is shutting down"}
        except Exception as error:  # noqa: BLE001 - the host waits for an answer, whatever went wrong in the library
            result = {"status": "failure", "error": f"{type(error).__name__}: {error}"}
        finally:
            del self._running[call["id"]], self._functions[call["id"]]
        self._send({"op": "result", "id": call["id"], **result})

    def _send(self, message: Message) -> None:
        self._writer.write(encode_message(message))


def main() -> None:
    """Read the command line, serve the host, and end everything this process started."""
    parser = argparse.ArgumentParser(prog="local.host.workers.worker")
    parser.add_argument("--app", type=Path, required=True)
    parser.add_argument("--socket", type=int, required=True)
    parser.add_argument("--log-level", default="WARNING")
    parser.add_argument("--clock-offset", type=float, default=0.0, help="seconds that this process's clock is ahead")
    arguments = parser.parse_args()
    os.set_inheritable(arguments.socket, False)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the host decides when to end
    threading.Thread(target=_end_with_host, daemon=True).start()
    _shift_clock(arguments.clock_offset)
    remove_main_module()
    asyncio.run(_run(arguments))


def remove_main_module() -> None:
    """Remove `__main__` from sys.modules, as Azure's worker for Python 3.13 and later does before it loads the app.

    What needs the module (multiprocessing's spawn and forkserver, pickles of its functions) fails here as there.
    Source: `_remove_module_cache` in workers/proxy_worker/utils/dependency.py of Azure/azure-functions-python-worker.
    """
    sys.modules.pop("__main__", None)


def _shift_clock(seconds: float) -> None:
    """Let everything in this process see another time, as on a machine whose clock is wrong."""
    if seconds:
        import time_machine

        time_machine.travel(datetime.now(UTC) + timedelta(seconds=seconds), tick=True).start()


def end_group() -> None:
    """End this process and, when it leads its group, everything that the app started."""
    if os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


def _end_with_host() -> None:
    """Stdin is a pipe that only the host holds: it ends when the host does, however busy the event loop is."""
    while os.read(0, 4096):
        pass
    end_group()


async def _run(arguments: argparse.Namespace) -> None:
    reader, writer = await asyncio.open_unix_connection(sock=socket.socket(fileno=arguments.socket))
    worker = Worker(Runtime(arguments.app), reader, writer)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(LineFormatter(worker))
    logging.basicConfig(level=arguments.log_level, handlers=[handler])
    logging.getLogger("azure").setLevel(logging.WARNING)
    ArrivalHandler.install(worker.tell_arrival)
    if not await worker.serve():
        end_group()
    writer.close()
    await writer.wait_closed()


if __name__ == "__main__":
    main()
