"""Measure a worker process from inside, and write what was measured whenever SIGUSR1 asks for it.

Python imports a module named `sitecustomize` when it starts, if there is one on the path. The bench puts one into the
worker's path that calls `install`: the local cloud and the function app know nothing of being measured.
"""

import os
import signal
import sys
import time
from pathlib import Path
from types import FrameType

from pydantic import BaseModel, ConfigDict

from quality.bench.scale.operations import Operation
from quality.bench.scale.worker.cpu_clock import Category, CpuClock
from quality.bench.scale.worker.instruments import instrument
from quality.bench.scale.worker.requests import RequestCounter, Traffic

_WORKER = "local.host.workers.worker"
_HOOK = """\
from quality.bench.scale.worker.probe import install

install({folder!r})
"""


class BookedCpu(BaseModel):
    """CPU seconds of a stage and a category."""

    model_config = ConfigDict(frozen=True)

    stage: str
    category: Category
    seconds: float


class CountedRequests(BaseModel):
    """Requests of a stage and an operation."""

    model_config = ConfigDict(frozen=True)

    stage: str
    operation: Operation
    traffic: Traffic


class Snapshot(BaseModel):
    """What a worker has used since it started; `cpu_seconds` is the operating system's figure for all its threads."""

    model_config = ConfigDict(frozen=True)

    number: int
    cpu_seconds: float
    cpu: list[BookedCpu]
    requests: list[CountedRequests]
    invocations: dict[str, int]


def write_hook(path_folder: Path, snapshots: Path) -> None:
    """Write the `sitecustomize.py` that measures workers whose PYTHONPATH names the folder `path_folder`."""
    path_folder.mkdir()
    snapshots.mkdir()
    (path_folder / "sitecustomize.py").write_text(_HOOK.format(folder=str(snapshots)), encoding="utf-8")


def install(folder: str) -> None:
    """Measure this process if it is a worker of the local host; snapshots go to `folder`/PID.json."""
    if _WORKER not in sys.orig_argv:
        return
    clock, counter = CpuClock(), RequestCounter()
    instrument(clock, counter)
    number = 0

    def save(_signal: int, _frame: FrameType | None) -> None:
        nonlocal number
        number += 1
        target = Path(folder, f"{os.getpid()}.json")
        draft = target.with_suffix(".new")
        draft.write_text(_snapshot(number, clock, counter).model_dump_json(), encoding="utf-8")
        draft.replace(target)

    signal.signal(signal.SIGUSR1, save)


def _snapshot(number: int, clock: CpuClock, counter: RequestCounter) -> Snapshot:
    return Snapshot(
        number=number,
        cpu_seconds=time.process_time(),
        cpu=[BookedCpu(stage=place.stage, category=place.category, seconds=s) for place, s in clock.booked().items()],
        requests=[
            CountedRequests(stage=stage, operation=operation, traffic=traffic)
            for (stage, operation), traffic in counter.traffic.items()
        ],
        invocations=dict(counter.invocations),
    )
