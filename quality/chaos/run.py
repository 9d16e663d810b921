"""One run: a throwaway cloud, a load through it, trouble all the while, peace, and what is found then."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from quality.chaos.evidence.evidence import Evidence, Upload
from quality.chaos.evidence.payments import Payments, seen_calls
from quality.chaos.faults.plan import timetable
from quality.chaos.faults.shuffle import Shuffle
from quality.chaos.faults.switch import Outage
from quality.chaos.faults.troubles import Troubles
from quality.chaos.load import make_burst, make_load
from quality.chaos.settle import Settling
from quality.chaos.stage import Stage, set_up_stage
from quality.chaos.uploads import Uploader

type Tell = Callable[[str], None]


@dataclass(frozen=True)
class Wish:
    """What is asked for: `minutes` of uploads and faults.

    `burst`: each blob event three times and no other fault; `outage`: storage is away for all the time instead.
    """

    documents: int
    seed: int
    minutes: float
    burst: bool = False
    workers: int = 2
    outage: Outage | None = None


@dataclass(frozen=True)
class Course:
    """What was done.

    `faults` by kind; `killed`: the ids of the processes of the app that were killed.
    """

    uploads: Sequence[Upload]
    faults: dict[str, int]
    killed: frozenset[int] = frozenset()


async def run(wish: Wish, tell: Tell) -> Evidence:
    """Do one run; `tell` is given lines about its course. Raises CloudError when the cloud does not come up."""
    async with set_up_stage(wish.seed, wish.workers, wish.burst, tell) as stage:
        began = time.monotonic()
        course = await _course(wish)(wish, stage)
        calm = time.monotonic()
        tell(f"{len(course.uploads)} versions uploaded, {sum(course.faults.values())} faults; waiting for rest")
        settling = Settling(stage.outside, stage.session, stage.cloud.addresses.event_grid, tell)
        settled = await settling.wait({upload.document_id for upload in course.uploads if upload.required})
        seconds = (calm - began, time.monotonic() - calm)
        return await _gather(stage, course, settling, seconds, settled)


def _course(wish: Wish) -> Callable[[Wish, Stage], Awaitable[Course]]:
    if wish.outage:
        return _outage
    return _burst if wish.burst else _storm


async def _outage(wish: Wish, stage: Stage) -> Course:
    """Upload while storage is away from the app; the first tenth is being processed when it goes."""
    uploader, items = Uploader(stage.outside), make_burst(wish.documents, wish.seed)
    before = max(1, len(items) // 10)
    await uploader.run(items[:before], 0)
    await stage.switch.begin(wish.outage or "all")
    try:
        await uploader.run(items[before:], wish.minutes * 60)
    finally:
        await stage.switch.end()
    return Course(uploader.written, {f"request refused ({wish.outage})": stage.switch.refused})


async def _storm(wish: Wish, stage: Stage) -> Course:
    """Upload with everything that can go wrong."""
    seconds = wish.minutes * 60
    uploader, shuffle = Uploader(stage.outside), Shuffle(stage.outside.queues, wish.seed)
    troubles = Troubles(stage.cloud, stage.outside, stage.weather, stage.session)
    stage.weather.begin()
    over = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        shuffling = group.create_task(shuffle.run(over))
        uploading = group.create_task(uploader.run(make_load(wish.documents, wish.seed), seconds * 0.8))
        await troubles.run(timetable(wish.seed, seconds))
        await uploading
        over.set()
        await shuffling
    await troubles.end()
    queues = {f"message {kind}": count for kind, count in shuffle.counts.items()}
    storage = {f"storage {kind}": count for kind, count in stage.weather.counts.items()}
    return Course(uploader.written, {**troubles.counts, **queues, **storage}, frozenset(troubles.killed))


async def _burst(wish: Wish, stage: Stage) -> Course:
    """Return all uploads as fast as storage takes them; Event Grid does the rest."""
    uploader = Uploader(stage.outside)
    await uploader.run(make_burst(wish.documents, wish.seed), 0)
    return Course(uploader.written, {"blob event copied": 2 * wish.documents})


async def _gather(
    stage: Stage, course: Course, settling: Settling, seconds: tuple[float, float], settled: bool
) -> Evidence:
    outside = stage.outside
    async with stage.session.get(f"{stage.models}/admin/calls") as answer:
        calls = seen_calls((await answer.json())["requests"])
    tries = {request: claim.tries for request, claim in (await outside.claims()).items()}
    payments = Payments(calls, tries, await outside.stored_answers(), course.killed, stage.weather.refused_tries())
    return Evidence(
        uploads=list(course.uploads),
        documents=await outside.documents(),
        results=await outside.results(),
        deliveries=stage.witness.deliveries,
        premature=stage.witness.premature,
        payments=payments,
        poison=await outside.names("work", "poison/"),
        marks=await outside.marks(),
        waiting=await outside.waiting(),
        undelivered=await settling.count_undelivered(),
        faults=course.faults,
        seconds=seconds,
        settled=settled,
    )
