"""One child process: started when needed, killed when it takes too long, replaced when it died."""

import fcntl
import multiprocessing
import os
import resource
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection, wait
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

from shared.domain.base.disk_full import DiskFull, is_disk_full
from shared.domain.base.errors import IntrayError, Permanent, Unavailable, Unreadable

type _Refusal = tuple[type[IntrayError], tuple[str, ...]]


LOOK_EVERY = 0.1
"""Seconds between two looks at how long a call has been computing."""
IDLE_FACTOR = 3
"""Times its limit after which a call is stopped, however little it has computed: it hangs, or the machine is full."""
YIELDING_IDLE_FACTOR = 10
"""The same for a child that yields: beside busy processes it gets about a seventh of a core (see YIELDING_NICENESS)."""
YIELDING_NICENESS = 8
"""What is added to the nice value of a child that yields its core to others: 172 parts of 1024 (sched(7))."""


class TimeLimit(NamedTuple):
    """How many seconds a call may compute, and the setting that says so.

    CPU seconds, because a page takes longer while other processes run, and must still be read then.
    """

    seconds: float
    setting: str = ""

    @property
    def excess_message(self) -> str:
        """The message for a call that took longer."""
        named = f" ({self.setting})" if self.setting else ""
        return f"Reading took longer than {self.seconds:g} seconds of computing{named} and was stopped."


class ChildDiedError(Exception):
    """The child ended in the middle of a call."""


_main_module_lock = threading.Lock()


@contextmanager
def _empty_main_module() -> Iterator[None]:
    """Have multiprocessing see an empty `__main__` while it starts a child, and put back what was there.

    The Functions worker for Python 3.13 removes `__main__` from `sys.modules` before it loads the app
    (azure-functions-python-worker, proxy_worker/utils/dependency.py), and multiprocessing reads it to prepare a child.
    Where there is one, a child must not import it again: it is the worker's program, not ours.
    """
    with _main_module_lock:
        present = "__main__" in sys.modules
        before = sys.modules.get("__main__")
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            yield
        finally:
            if present:
                sys.modules["__main__"] = before  # type: ignore[assignment]  # None is legal: it blocks an import
            else:
                del sys.modules["__main__"]


class Child:
    """One place in the pool: a process that is started when needed, and replaced when it died.

    With `yields` the process computes with low priority: while others are busy, its calls take longer.
    """

    def __init__(self, memory_bytes: int | None, preload: tuple[str, ...], *, yields: bool = False) -> None:
        self._memory_bytes, self._preload = memory_bytes, preload
        self._niceness = YIELDING_NICENESS if yields else 0
        self._idle_factor = YIELDING_IDLE_FACTOR if yields else IDLE_FACTOR
        self._process: multiprocessing.process.BaseProcess | None = None
        self._connection: Connection | None = None
        self._retired = False

    def call[T](self, task: Callable[[], T], limit: TimeLimit) -> T:
        """Run one call in the process, starting it when there is none; over its time the process is killed."""
        connection = self._connection or self._start()
        try:
            connection.send(task)
            if not self._answers(connection, limit):
                self._kill()
                raise Unreadable("too_slow", limit.excess_message)
            reply: tuple[_Refusal | None, T] = connection.recv()
        except (EOFError, ConnectionError):
            self._kill()
            raise ChildDiedError from None
        refused, result = reply
        if refused is not None:
            error, arguments = refused
            raise error(*arguments)
        return result

    def _answers(self, connection: Connection, limit: TimeLimit) -> bool:
        """Wait for the answer to a call; return False when its time is up first."""
        pid = self._process.pid if self._process else None
        began, computed = time.monotonic(), _computed_seconds(pid)
        while not connection.poll(LOOK_EVERY):
            elapsed, now = time.monotonic() - began, _computed_seconds(pid)
            needed = elapsed if computed is None or now is None else max(now - computed, elapsed / self._idle_factor)
            if needed >= limit.seconds:
                return False
        return True

    def retire(self) -> None:
        """End the process for good."""
        self._retired = True
        if self._process is not None:
            self._process.kill()  # a call under way sees its pipe end

    def _start(self) -> Connection:
        if self._retired:
            raise Unavailable("the reader is shutting down")
        context = multiprocessing.get_context("forkserver")
        if self._preload:
            context.set_forkserver_preload(list(self._preload))
        ours, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(theirs, self._memory_bytes, self._niceness), daemon=True)
        with _empty_main_module():
            process.start()
        theirs.close()
        self._process, self._connection = process, ours
        if self._retired:  # meanwhile, when there was no process to end
            process.kill()
        return ours

    def _kill(self) -> None:
        process, connection = self._process, self._connection
        self._process = self._connection = None
        if process is not None:
            process.kill()
            process.join()
        if connection is not None:
            connection.close()


def _computed_seconds(pid: int | None) -> float | None:
    """Return the CPU seconds of a process with all its threads; None where the system does not report them.

    Fields 14 and 15 of /proc/PID/stat (proc_pid_stat(5)); its second field, in brackets, may hold anything.
    """
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return None
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _serve(connection: Connection, memory_bytes: int | None, niceness: int) -> None:
    """Answer calls until the parent goes away. Anything but a refusal ends the process, as a crash would."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides what it means
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core dump would hold the document
    if memory_bytes is not None:
        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    os.nice(niceness)
    _die_with_parent()
    while True:
        try:
            task = connection.recv()
        except EOFError:
            return
        try:
            connection.send((None, task()))
        except Exception as error:  # what is no refusal of the file is raised again and ends the child
            refusal = _refusal(error)
            if refusal is None:
                raise
            connection.send((refusal, None))


def _refusal(error: Exception) -> _Refusal | None:
    """Return what the parent raises for an exception of a call; None: it ends the child.

    A full disk is a temporary failure, even where a parser reports a broken file.
    """
    if is_disk_full(error):
        return DiskFull, ()
    return (type(error), (error.code, str(error))) if isinstance(error, Permanent) else None


def _die_with_parent() -> None:
    """Have the kernel end this process with a signal when the parent dies, even while C code holds the GIL.

    The parent holds the other end of the sentinel pipe; its closing raises SIGIO, whose default is to terminate.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    sentinel = parent.sentinel
    fcntl.fcntl(sentinel, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(sentinel, fcntl.F_SETFL, fcntl.fcntl(sentinel, fcntl.F_GETFL) | os.O_ASYNC)
    if wait([sentinel], timeout=0):  # it died before the kernel was told to watch
        os._exit(1)
