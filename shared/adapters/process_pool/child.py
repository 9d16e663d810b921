"""One child process: started when needed, killed when it takes too long, replaced when it died."""

import fcntl
import multiprocessing
import os
import resource
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection, wait
from types import ModuleType

from shared.domain.disk_full import DiskFull, is_disk_full
from shared.domain.errors import IntrayError, Permanent, Unavailable, Unreadable

type _Refusal = tuple[type[IntrayError], tuple[str, ...]]


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
    """One place in the pool: a process that is started when needed, and replaced when it died."""

    def __init__(self, seconds: float, memory_bytes: int | None, preload: tuple[str, ...]) -> None:
        self._seconds, self._memory_bytes, self._preload = seconds, memory_bytes, preload
        self._process: multiprocessing.process.BaseProcess | None = None
        self._connection: Connection | None = None
        self._retired = False

    def call[T](self, task: Callable[[], T]) -> T:
        """Run one call in the process, starting it when there is none."""
        connection = self._connection or self._start()
        try:
            connection.send(task)
            if not connection.poll(self._seconds):
                self._kill()
                raise Unreadable("too_slow", f"Reading took longer than {self._seconds:g} seconds and was stopped.")
            reply: tuple[_Refusal | None, T] = connection.recv()
        except (EOFError, ConnectionError):
            self._kill()
            raise ChildDiedError from None
        refused, result = reply
        if refused is not None:
            error, arguments = refused
            raise error(*arguments)
        return result

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
        process = context.Process(target=_serve, args=(theirs, self._memory_bytes), daemon=True)
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


def _serve(connection: Connection, memory_bytes: int | None) -> None:
    """Answer calls until the parent goes away. Anything but a refusal ends the process, as a crash would."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides what it means
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core dump would hold the document
    if memory_bytes is not None:
        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    _die_with_parent()
    while True:
        try:
            task = connection.recv()
        except EOFError:
            return
        try:
            connection.send((None, task()))
        except Exception as error:
            refusal = _refusal(error)
            if refusal is None:
                raise
            connection.send((refusal, None))


def _refusal(error: Exception) -> _Refusal | None:
    """Return what the parent raises for an exception of a call; None: it ends the child.

    A full disk is nobody's fault, even where a parser took it for a broken file.
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
