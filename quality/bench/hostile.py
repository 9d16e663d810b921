"""`intray bench hostile`: the hostile set through a throwaway cloud, each file held against what is expected of it."""

import asyncio
import json
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from local.cloud.api import EventLog, api
from local.cloud.cloud import Cloud
from local.cloud.options import CloudOptions
from local.cloud.storage import uploads
from local.processing.files import Source
from local.processing.processing import Item, Processing
from local.terminal import Starting, complain, console
from quality.bench.process_watch import ProcessWatch
from quality.evals.sets.hostile import Outcome, Specimen, deviations, in_line, specimens
from quality.evals.sets.labelled import InvalidSet
from quality.measure import Figure, exit_code, figures_table, report, write

_PATIENCE = 600.0
_ON_THEIR_WAY = 4
"""Files at a time: few, so that a file's seconds are its own and not those of a queue."""
_TYPE = "invoice"
"""The type that all are taken for: a file of no known type would be held before anything was read from it."""
_MOST_MIB, _MOST_SECONDS = 700, 60


@dataclass(frozen=True)
class HostileBenchOptions:
    """What `intray bench hostile` is asked for. `limit`: only the first so many files."""

    folder: Path
    out: Path | None = None
    check: bool = False
    limit: int | None = None


@dataclass(frozen=True)
class Judged:
    """A file with its outcome, its seconds, whether that is in line, and why another outcome is right for it."""

    specimen: Specimen
    outcome: Outcome
    seconds: float
    fits: bool
    deviation: str | None


async def hostile(options: HostileBenchOptions) -> int:
    """Process and judge the set; 1 when it is none, or with `check` when a goal is missed, else 0."""
    try:
        chosen = specimens(options.folder)[: options.limit]
    except InvalidSet as error:
        complain(str(error))
        return 1
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="intray-") as folder, Starting(console()) as starting:
        items = _items(chosen, Path(folder))
        async with Cloud(CloudOptions(Path(folder, "cloud")), starting.tell) as cloud:
            starting.finish()
            watching = _watching(cloud.host.pid)
            async with api(cloud.addresses) as client, uploads(cloud.addresses.storage) as storage, watching as watch:
                events = EventLog(cloud.addresses.events)
                await Processing(items, client, storage, events, _PATIENCE, _ON_THEIR_WAY).run()
        reports = [json.loads(item.output.read_text()) if item.output.exists() else {} for item in items]
    judged = [_judge_specimen(specimen, item_report) for specimen, item_report in zip(chosen, reports, strict=True)]
    figures = _figures(judged, watch, time.monotonic() - began)
    _show(judged)
    console().print(figures_table("bench hostile", figures))
    if options.out is not None:
        write(options.out, report("bench hostile", figures, {"files": [_file_report(file) for file in judged]}))
    return exit_code(figures, options.check)


def outcome(item_report: Mapping[str, Any]) -> Outcome:
    """Return what a report of `intray process` says came of a file."""
    total = item_report.get("fields", {}).get("total", item_report.get("fields", {}).get("grand_total", {}))
    return Outcome(
        state=item_report.get("state"),
        codes=frozenset(reason["code"] for reason in item_report.get("reasons", ())),
        findings=frozenset(finding["rule"] for finding in item_report.get("findings", ())),
        ocr_pages=item_report.get("ocr_pages", 0),
        total=total.get("value"),
    )


def _items(chosen: Sequence[Specimen], folder: Path) -> list[Item]:
    """Return an upload for each file: under a number, because names repeat, and in the folder of the one type."""
    return [
        Item(
            Source(specimen.path, PurePosixPath(specimen.path.name)),
            f"{_TYPE}/{number:03d}/{specimen.path.name}",
            folder / f"{number}.json",
        )
        for number, specimen in enumerate(chosen, 1)
    ]


@asynccontextmanager
async def _watching(root: int) -> AsyncIterator[ProcessWatch]:
    watch = ProcessWatch(root)
    watching = asyncio.create_task(watch.run())
    try:
        yield watch
    finally:
        watching.cancel()


def _judge_specimen(specimen: Specimen, item_report: Mapping[str, Any]) -> Judged:
    came = outcome(item_report)
    why = deviations().get(specimen.file)
    return Judged(specimen, came, item_report.get("seconds", 0.0), in_line(specimen, came), why)


def _figures(judged: Sequence[Judged], watch: ProcessWatch, seconds: float) -> list[Figure]:
    workers, below = range(1, 2), range(2, 9)
    as_expected = sum(file.fits for file in judged)
    unexplained = sum(not file.fits and file.deviation is None for file in judged)
    undecided = sum(file.outcome.state is None for file in judged)
    slowest = max((file.seconds for file in judged), default=0.0)
    return [
        Figure(name="files", value=len(judged), unit="files"),
        Figure(name="without an outcome", value=undecided, unit="files", goal=0),
        Figure(name="as expected", value=as_expected, unit="files"),
        Figure(name="otherwise, with a reason", value=len(judged) - as_expected - unexplained, unit="files"),
        Figure(name="otherwise, without one", value=unexplained, unit="files", goal=0),
        Figure(name="slowest file", value=slowest, unit="s", goal=_MOST_SECONDS),
        Figure(name="largest worker", value=round(watch.most(workers)), unit="MiB", goal=_MOST_MIB),
        Figure(name="largest reading process", value=round(watch.most(below)), unit="MiB", goal=_MOST_MIB),
        Figure(name="workers that died", value=watch.gone(workers), unit="processes", goal=0),
        Figure(name="reading processes that died", value=watch.gone(below), unit="processes", goal=0),
        Figure(name="seconds", value=round(seconds, 1), unit="s"),
    ]  # fmt: skip


def _show(judged: Sequence[Judged]) -> None:
    terminal = console()
    for file in judged:
        if not file.fits:
            came = ", ".join([str(file.outcome.state), *sorted(file.outcome.codes | file.outcome.findings)])
            why = file.deviation or "no reason is known"
            terminal.print(f"{file.specimen.file}: {file.specimen.expect}, came {came} ({why})", markup=False)


def _file_report(file: Judged) -> dict[str, Any]:
    return {
        "file": file.specimen.file,
        "expect": file.specimen.expect,
        "state": file.outcome.state,
        "reasons": sorted(file.outcome.codes),
        "findings": sorted(file.outcome.findings),
        "seconds": file.seconds,
        "fits": file.fits,
        "deviation": file.deviation,
    }
