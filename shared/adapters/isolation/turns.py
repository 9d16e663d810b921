"""Choose the next call when more calls wait than there are processes."""

import heapq
import threading


class FairQueue[T]:
    """Waiting calls, taken in turns by owner, so that an owner with many calls does not delay one with few.

    Start-time fair queueing (Goyal, Vin, Cheng 1996) with calls of equal weight: each call gets the round in which its
    owner's turn comes; a new owner's is the present one. Calls of the same round are taken in the order of arrival.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[tuple[int, int, T]] = []
        self._next_round: dict[str, int] = {}
        self._round = 0
        self._arrivals = 0

    def add(self, owner: str, call: T) -> None:
        """Add a call of an owner."""
        with self._lock:
            turn = max(self._round, self._next_round.get(owner, 0))
            self._next_round[owner] = turn + 1
            self._arrivals += 1
            heapq.heappush(self._waiting, (turn, self._arrivals, call))

    def take(self) -> T:
        """Remove the call whose turn it is; IndexError when none waits."""
        with self._lock:
            self._round, _, call = heapq.heappop(self._waiting)
            if not self._waiting:  # all owners start again at round 0
                self._next_round.clear()
                self._round = 0
            return call

    def drain(self) -> list[T]:
        """Remove all calls."""
        with self._lock:
            calls = [call for _, _, call in self._waiting]
            self._waiting.clear()
            return calls
