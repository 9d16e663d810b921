"""A few child processes for code that holds the GIL, can crash, hang or eat memory on a hostile file.

Children are forked from a clean server process (forkserver), so that none of this process's threads, locks,
connections or its `__main__` module reach them. A child serves one call at a time: when it dies, it is known which
call did it.
"""

import asyncio
import fcntl
import multiprocessing
import os
import queue
import resource
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from multiprocessing.connection import Connection, wait
from types import ModuleType

from shared.domain.disk_full import DiskFull, is_disk_full
from shared.domain.errors import IntrayError, Permanent, Unavailable, Unreadable

type _Refusal = tuple[type[IntrayError], tuple[str, ...]]


class _ChildDiedError(Exception):
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


class ProcessPool:
    """Runs functions in at most `size` child processes, each started when first needed and used again.

    A call may take `seconds`; then its child is killed. `memory_bytes` bounds each child's address space.
    `preload` names modules that the server process imports once, so that children start in milliseconds; the first
    pool of this process that starts a child decides. Usable from any event loop.
    """

    def __init__(self, size: int, seconds: float, memory_bytes: int | None = None, preload: Sequence[str] = ()) -> None:
        self._idle: queue.LifoQueue[_Child] = queue.LifoQueue()
        self._children = [_Child(seconds, memory_bytes, tuple(preload)) for _ in range(size)]
        for child in self._children:
            self._idle.put(child)
        self._threads = ThreadPoolExecutor(size, thread_name_prefix="process-pool")

    async def run[**P, T](self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What the module-level `function` returns in a child; arguments and result must pickle.

        Children do not import this process's `__main__`: `function` belongs to a module that can be imported by name.

        A call whose child dies is tried once more in a fresh one, since the kernel may have picked a victim at random.
        Raises the Permanent that `function` raises; DiskFull when it could not write; Unreadable with code `unreadable`
        when the child died twice (a crash, memory, or any other exception), `too_slow` when the time was up.
        """
        task = partial(function, *args, **kwargs)
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._call, task)

    def close(self) -> None:
        """End the children. Calls under way raise Unavailable."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        for child in self._children:
            child.retire()

    def _call[T](self, task: Callable[[], T]) -> T:
        child = self._idle.get()
        try:
            with suppress(_ChildDiedError):
                return child.call(task)
            return child.call(task)
        except _ChildDiedError:
            raise Unreadable("unreadable", "The file is broken: reading it crashed the reader twice.") from None
        finally:
            self._idle.put(child)


class _Child:
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
            raise _ChildDiedError from None
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
