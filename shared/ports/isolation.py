"""Running code that meets hostile bytes where it can do no harm."""

from collections.abc import Callable
from typing import Protocol


class Isolation(Protocol):
    """Runs functions apart from the event loop and, where it is a process, apart from this one."""

    async def run[**P, T](self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What the module-level `function` returns; arguments and result must pickle.

        Raises the Permanent that `function` raises, and Unreadable with code `unreadable` when it ended its process or
        raised anything else, `too_slow` when it ran over the time limit.
        """
