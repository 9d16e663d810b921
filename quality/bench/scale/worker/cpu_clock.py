"""CPU time of the event loop's thread, divided among stages and categories without a gap.

Waiting costs no CPU, so a coroutine's share cannot be read from two clock readings around an `await`. The loop runs one
callback at a time, and each callback has a context: the context says which stage and category the callback belongs to.
"""

import threading
import time
from collections import defaultdict
from contextvars import Context, ContextVar, Token
from typing import Literal, NamedTuple

type Category = Literal["own", "azure", "openai", "transport", "runtime", "loop"]
"""Whose code computes.

own: functions/ and shared/ with the libraries they compute with. azure, openai: the SDKs. transport: sockets and HTTP
parsing in callbacks of the loop. runtime: the Functions worker. loop: the event loop between callbacks.
"""


class Place(NamedTuple):
    """Where CPU time is booked: the function that was invoked, empty for none, and whose code it was."""

    stage: str
    category: Category


LOOP = Place("", "loop")
RUNTIME = Place("", "runtime")
_place: ContextVar[Place] = ContextVar("_place", default=RUNTIME)


class CpuClock:
    """Books the CPU time of the thread that made it, the event loop's; other threads report theirs with `add`."""

    def __init__(self) -> None:
        self._booked: defaultdict[Place, float] = defaultdict(float)
        self._current, self._since = LOOP, time.thread_time()
        self._lock = threading.Lock()

    @property
    def place(self) -> Place:
        """The place of the calling context."""
        return _place.get()

    def switch(self, place: Place) -> Place:
        """Book the time since the last switch, and from now on for `place`; return the place until now."""
        now, previous = time.thread_time(), self._current
        self.add(previous, now - self._since)
        self._current, self._since = place, now
        return previous

    def enter(self, place: Place) -> Token[Place]:
        """Book for `place` from now on, also when the calling task continues after a wait."""
        token = _place.set(place)
        self.switch(place)
        return token

    def leave(self, token: Token[Place]) -> None:
        """End what `enter` began, in the same context."""
        _place.reset(token)
        self.switch(_place.get())

    def add(self, place: Place, seconds: float) -> None:
        """Book CPU seconds of any thread."""
        with self._lock:
            self._booked[place] += seconds

    def booked(self) -> dict[Place, float]:
        """Return the seconds by place, up to now."""
        self.switch(self._current)
        with self._lock:
            return dict(self._booked)


def place_in(context: Context) -> Place:
    """Return the place that a callback's context says."""
    return context.get(_place, RUNTIME)
