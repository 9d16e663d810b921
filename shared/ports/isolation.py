"""Running code that meets hostile bytes where it can do no harm."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple, Protocol


class Caller(NamedTuple):
    """For which document calls are made, and whether for a page range of a large one; no document needs the others."""

    document_id: str = ""
    is_range: bool = False


_NOBODY = Caller()
_caller: ContextVar[Caller] = ContextVar("_caller", default=_NOBODY)


@contextmanager
def calls_for(caller: Caller) -> Iterator[None]:
    """Mark the calls inside the block, in its tasks too, as made for a document.

    Where many wait, documents take turns: a page of a small document waits for one page of another, not for all that
    were asked for before. Ranges of large documents may get processes of their own.
    """
    token = _caller.set(caller)
    try:
        yield
    finally:
        _caller.reset(token)


def current_caller() -> Caller:
    """Return for whom a call is being made."""
    return _caller.get()


class Isolation(Protocol):
    """Runs functions apart from the event loop and, where it is a process, apart from this one."""

    async def run[**P, T](self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what the module-level `function` returns; arguments and result must pickle.

        Raises the Permanent that `function` raises, and Unreadable with code `unreadable` when it ended its process or
        raised anything else, `too_slow` when it ran over the time limit.
        """
