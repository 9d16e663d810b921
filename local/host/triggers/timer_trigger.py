"""Timer functions: NCRONTAB schedules in UTC, one run at a time, and what was missed while the host was down.

When it last ran and should run next is kept as the real host keeps it: `timers/HOST/Host.Functions.NAME/status` in
`azure-webjobs-hosts`.
"""

import asyncio
import json
import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from azure.core.exceptions import AzureError, ResourceNotFoundError
from azure.storage.blob.aio import ContainerClient
from cronsim import CronSim, CronSimError

from local.host.settings.config import ConfigError
from local.host.workers.functions import Function
from local.host.workers.pool import WorkerPool
from local.host.workers.process import Call
from local.host.workers.wire import json_data

_log = logging.getLogger(__name__)

#: Below this distance between two occurrences the real host keeps no status, so nothing is ever past due.
_MONITORED_FROM = timedelta(minutes=1)


@dataclass(frozen=True)
class Status:
    """When a timer last ran, and when it was to run next; `last` is None before its first run."""

    last: datetime | None
    next: datetime

    def to_json(self) -> dict[str, str | None]:
        """Return the object that the function and the status blob get."""
        last = self.last.isoformat() if self.last else None
        return {"Last": last, "Next": self.next.isoformat(), "LastUpdated": last}

    @classmethod
    def from_json(cls, text: str | bytes) -> "Status":
        """Read the status blob. Raises ValueError or KeyError for anything else."""
        values = json.loads(text)
        last = datetime.fromisoformat(values["Last"]) if values["Last"] else None
        return cls(last, datetime.fromisoformat(values["Next"]))


class Schedule:
    """An NCRONTAB expression of six fields (seconds first) or five.

    Raises:
        ConfigError: it is not valid; time spans such as `00:05:00` are not supported, as on the Flex plan.
    """

    def __init__(self, expression: str) -> None:
        self._expression = expression
        try:
            first, second = (self._after(datetime.now(UTC), steps) for steps in (1, 2))
        except (CronSimError, StopIteration) as error:
            raise ConfigError(f"the schedule {expression!r} is no NCRONTAB expression: {error}") from error
        self.monitored = second - first >= _MONITORED_FROM

    def after(self, moment: datetime) -> datetime:
        """Return the first occurrence later than `moment`."""
        return self._after(moment, 1)

    def _after(self, moment: datetime, steps: int) -> datetime:
        occurrences = CronSim(self._expression, moment)
        return [next(occurrences) for _ in range(steps)][-1]


class TimerTrigger:
    """Runs one timer function by its schedule.

    Raises:
        ConfigError: the schedule cannot be read.
    """

    def __init__(self, function: Function, pool: WorkerPool, blobs: ContainerClient, host_id: str) -> None:
        self._function = function
        self._pool = pool
        self._occurrence: asyncio.Task[Status] | None = None
        try:
            self._schedule = Schedule(function.trigger.text("schedule"))
        except ConfigError as error:
            raise ConfigError(f"{function.name}: {error}") from error
        self._monitored = bool(function.trigger.options.get("useMonitor", True)) and self._schedule.monitored
        self._blob = blobs.get_blob_client(f"timers/{host_id}/{function.host_id}/status")

    async def run(self) -> None:
        """Run until cancelled; a running occurrence continues: wait for it with `finish`."""
        status = await self._load()
        if status.next <= datetime.now(UTC):
            status = await self._begin(status, past_due=True)
        elif self._function.trigger.options.get("runOnStartup"):
            status = await self._begin(status, past_due=False)
        while True:
            await asyncio.sleep(max(0.0, (status.next - datetime.now(UTC)).total_seconds()))
            await self._pool.wait_available()
            status = await self._begin(status, past_due=False)

    async def finish(self) -> None:
        """After `run` was cancelled: wait until the occurrence that had begun is over and written down."""
        if self._occurrence is not None:
            await self._occurrence

    async def _begin(self, status: Status, *, past_due: bool) -> Status:
        self._occurrence = asyncio.create_task(self._fire(status, past_due=past_due))
        return await asyncio.shield(self._occurrence)

    async def _fire(self, status: Status, *, past_due: bool) -> Status:
        due = max(status.next, datetime.now(UTC))
        schedule_status = {
            "Schedule": {"AdjustForDST": True},
            "ScheduleStatus": status.to_json() if self._monitored else None,
            "IsPastDue": past_due,
        }
        outcome = await self._pool.invoke(
            Call(self._function, {self._function.trigger.parameter: json_data(schedule_status)})
        )
        if outcome.status == "unstarted":
            return status  # the host is ending; the next one finds it past due
        after = Status(due, self._schedule.after(max(due, datetime.now(UTC))))
        await self._save(after)
        return after

    async def _load(self) -> Status:
        fresh = Status(None, self._schedule.after(datetime.now(UTC)))
        if not self._monitored:
            return fresh
        try:
            saved = Status.from_json(await (await self._blob.download_blob()).readall())
        except ResourceNotFoundError:
            await self._save(fresh)
            return fresh
        except (AzureError, ValueError, KeyError) as error:
            _log.warning("%s: its timer status could not be read: %s", self._function.name, type(error).__name__)
            return fresh
        # A schedule that was changed since may run sooner than the status says.
        return saved if saved.next <= datetime.now(UTC) else Status(saved.last, min(saved.next, fresh.next))

    async def _save(self, status: Status) -> None:
        if not self._monitored:
            return
        try:
            await self._blob.upload_blob(json.dumps(status.to_json()), overwrite=True)
        except AzureError as error:
            _log.warning("%s: its timer status was not kept: %s", self._function.name, type(error).__name__)
