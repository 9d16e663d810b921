"""Running code that meets hostile bytes where it can do no harm."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol

_owner: ContextVar[str] = ContextVar("_owner", default="")


@contextmanager
def calls_for(document_id: str) -> Iterator[None]:
    """Mark the calls inside the block, in its tasks too, as made for a document: where many wait, documents take turns.

    So a page of a small document waits for one page of a large one, not for all that were asked for before.
    """
    token = _owner.set(document_id)
    try:
        yield
    finally:
        _owner.reset(token)


def owner_of_calls() -> str:
    """Return the document for which a call is being made; empty for a call that no document needs."""
    return _owner.get()


class Isolation(Protocol):
    """Runs functions apart from the event loop and, where it is a process, apart from this one."""

    async def run[**P, T](self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What the module-level `function` returns; arguments and result must pickle.

        Raises the Permanent that `function` raises, and Unreadable with code `unreadable` when it ended its process or
        raised anything else, `too_slow` when it ran over the time limit.
        """
