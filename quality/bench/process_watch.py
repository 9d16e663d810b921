"""What the processes below another one hold and how many of them end, seen from the outside."""

import asyncio
import contextlib
from dataclasses import dataclass, field

EVERY = 0.25
"""Seconds between two looks; a peak that is shorter is missed."""
_MIB = 1 << 20


@dataclass
class ProcessWatch:
    """Watches all processes below `root` until it is cancelled.

    `peaks`: the most resident memory of each process in MiB, by its level below the root (1: its own children) and id.
    `ended`: how many processes of each level were seen and then were gone.
    """

    root: int
    peaks: dict[int, dict[int, float]] = field(default_factory=dict)
    ended: dict[int, int] = field(default_factory=dict)

    async def run(self) -> None:
        """Look again and again."""
        before: dict[int, int] = {}
        while True:
            now = self._look()
            for pid, level in before.items():
                if pid not in now:
                    self.ended[level] = self.ended.get(level, 0) + 1
            before = now
            await asyncio.sleep(EVERY)

    def most(self, levels: range) -> float:
        """Return the largest peak of a process on these levels, in MiB; 0 without any."""
        return max((peak for level in levels for peak in self.peaks.get(level, {}).values()), default=0.0)

    def gone(self, levels: range) -> int:
        """Return how many processes on these levels ended."""
        return sum(self.ended.get(level, 0) for level in levels)

    def _look(self) -> dict[int, int]:
        """Return the level of each process below the root, by its id; their memory is noted."""
        import psutil

        levels = {self.root: 0}
        try:
            below = psutil.Process(self.root).children(recursive=True)
        except psutil.NoSuchProcess:
            return {}
        for process in below:
            with contextlib.suppress(psutil.NoSuchProcess):
                level = levels.get(process.ppid(), 0) + 1
                levels[process.pid] = level
                held = self.peaks.setdefault(level, {})
                held[process.pid] = max(held.get(process.pid, 0.0), process.memory_info().rss / _MIB)
        del levels[self.root]
        return levels
