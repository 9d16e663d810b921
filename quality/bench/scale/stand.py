"""A throwaway cloud to measure: documents go in, outcomes are seen in the subscriber's file and nowhere else.

Asking the API for the state of documents would have the workers compute and storage answer what no document needs.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from local.cloud.api import EventLog, api
from local.cloud.cloud import Cloud
from local.cloud.options import OFFLINE_CATALOGUE, CloudOptions
from local.cloud.storage import Uploads, uploads
from local.settings import LocalSettings
from quality.bench.scale.answers import StoredAnswers

_OUTCOMES = {"finalized", "review_requested", "failed", "held", "duplicate", "rejected"}
_NEVER = "0 0 0 1 1 *"
"""Timers rest: their work belongs to no document, and is measured by itself where it matters."""
_LOOK = 0.02
_DEADLINE_SECONDS = 900.0


class MeasurementError(RuntimeError):
    """What was measured was not what was meant to be; the message says why."""


@dataclass
class Stand:
    """A running cloud as the bench sees it."""

    cloud: Cloud
    storage: Uploads
    log: EventLog
    worker_pids: list[int]
    outcomes: dict[str, str] = field(default_factory=dict)

    async def process(self, files: Sequence[Path], at_once: int) -> float:
        """Upload files, `at_once` without waiting for their outcomes; return the seconds until the last outcome.

        Raises MeasurementError when an outcome is none that was meant, or takes too long.
        """
        began = time.monotonic()
        waiting = set[str]()
        for file in files:
            while len(waiting) >= at_once:
                await self._wait_for_some(waiting, began)
            waiting.add(await self.storage.upload(file, f"invoice/{file.name}"))
        while waiting:
            await self._wait_for_some(waiting, began)
        return time.monotonic() - began

    async def _wait_for_some(self, waiting: set[str], began: float) -> None:
        for event in self.log.read():
            name = event["type"].split(".")[-2]
            if name in _OUTCOMES:
                self.outcomes[event["data"]["document_id"]] = name
        wrong = {document: self.outcomes[document] for document in waiting & self.outcomes.keys()}
        wrong = {document: name for document, name in wrong.items() if name not in {"finalized", "review_requested"}}
        if wrong:
            raise MeasurementError(f"Documents of the measurement ended otherwise than meant: {wrong}.")
        waiting.difference_update(self.outcomes)
        if waiting and time.monotonic() - began > _DEADLINE_SECONDS:
            raise MeasurementError(f"{len(waiting)} documents have no outcome after {_DEADLINE_SECONDS:g} s.")
        await asyncio.sleep(_LOOK)


@asynccontextmanager
async def stand(
    folder: Path, answers: StoredAnswers, workers: int, *, hints: bool = False, python_path: Path | None = None
) -> AsyncIterator[Stand]:
    """Run a cloud in the new folder `folder` for the length of a block; raises CloudError.

    `hints`: requests carry what the local model server needs to make an answer. `python_path`: a folder with a module
    that measures the workers.
    """
    folder.mkdir()
    environment = {
        "INTRAY_MODEL_ENDPOINT": answers.url,
        "INTRAY_MODEL_KEY": "stored-answers",
        "INTRAY_MODEL_CATALOGUE": str(OFFLINE_CATALOGUE),
        "INTRAY_MODEL_HINTS": str(hints).lower(),
        "INTRAY_SWEEP_SCHEDULE": _NEVER,
        "INTRAY_RECONCILE_SCHEDULE": _NEVER,
        "INTRAY_RETENTION_SCHEDULE": _NEVER,
        **({"PYTHONPATH": str(python_path)} if python_path else {}),
    }
    settings = LocalSettings().model_copy(update={"workers": workers, "model_endpoint": answers.url})
    options = CloudOptions(folder / "cloud", settings, environment=environment, storage_log=folder / "storage.log")
    async with Cloud(options) as cloud, uploads(cloud.addresses.storage) as storage:
        async with api(cloud.addresses) as client:
            pids = [int(pid) for pid in (await client.host_status())["workers"]]
        yield Stand(cloud, storage, EventLog(cloud.addresses.events), pids)
