"""Isolation without a second process."""

from collections.abc import Callable


class InlineIsolation:
    """The Isolation port, run where it is called: for tests of what the functions do, not of where they run."""

    async def run[**P, T](self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what `function` returns or raises."""
        return function(*args, **kwargs)
