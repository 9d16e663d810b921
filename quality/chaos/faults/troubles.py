"""Carry out the timetable: kills, outages, faults of models and storage, each when its time has come."""

import asyncio
import json
import os
import signal
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress

import aiohttp
import psutil

from local.cloud.addresses import Addresses
from local.cloud.cloud import Cloud
from local.cloud.subscriptions import TOPIC
from local.model_server.faults.script import Rule, parse_rules
from quality.chaos.evidence.outside import Outside
from quality.chaos.faults.plan import Trouble, model_rule
from quality.chaos.faults.storage_proxy import Weather

_WORKER = "local.host.workers.worker"
_TRIES, _PAUSE, _GLANCE = 20, 0.5, 0.1


class Troubles:
    """Makes things go wrong; `counts` by kind, `killed` the ids of the worker processes that died of it."""

    def __init__(self, cloud: Cloud, outside: Outside, weather: Weather, session: aiohttp.ClientSession) -> None:
        self._cloud = cloud
        self._outside = outside
        self._weather = weather
        self._session = session
        self.counts = Counter[str]()
        self.killed: set[int] = set()

    async def run(self, timetable: Sequence[Trouble]) -> None:
        """Carry out everything, in order; one that comes late because another took long comes at once."""
        began = time.monotonic()
        for trouble in timetable:
            await asyncio.sleep(max(0.0, began + trouble.at - time.monotonic()))
            await self._do(trouble)

    async def end(self) -> None:
        """Stop every fault, and count only those that struck."""
        self._weather.end()
        with suppress(aiohttp.ClientError):
            await self._session.delete(f"{self._addresses.event_grid}/topics/{TOPIC}/fault")
        async with self._session.get(f"{self._models}/admin/faults") as answer:
            left = parse_rules(await answer.read())
        await self._session.delete(f"{self._models}/admin/faults")
        for rule in left:
            self.counts[describe_rule(rule)] -= rule.times

    @property
    def _addresses(self) -> Addresses:
        return self._cloud.addresses

    @property
    def _models(self) -> str:
        return self._addresses.models.removesuffix("/v1")

    async def _do(self, trouble: Trouble) -> None:
        match trouble.kind:
            case "kill worker":
                await self._until_models_are_asked(trouble)
                workers = self._workers()
                chosen = workers[int(trouble.choice * len(workers)) :][:1]
                self._kill(trouble, *chosen, dying=chosen)
            case "kill host":
                self._kill(trouble, self._addresses.pids["host"], dying=self._workers())
            case "kill topic":
                self._kill(trouble, self._addresses.pids["event grid"])
            case "topic outage":
                await self._outage(trouble)
            case "model faults":
                await self._spoil_models(trouble)
            case "storage storm":
                self.counts[trouble.kind] += 1
                self._weather.storm(trouble.choice, trouble.seconds)

    def _kill(self, trouble: Trouble, *pids: int, dying: Sequence[int] = ()) -> None:
        """SIGKILL, which cannot be caught; a part that is just being restarted is spared.

        `dying` are the workers that go with it: without their host they end at once.
        """
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                self.counts[trouble.kind] += 1
                self.killed.update(dying)

    async def _until_models_are_asked(self, trouble: Trouble) -> None:
        """In half of the cases, wait a little for the moment that costs: a call is under way, or not stored yet."""
        for _ in range(_TRIES if trouble.choice < 1 / 2 else 0):
            if await self._outside.held_tries():
                return
            await asyncio.sleep(_GLANCE)

    def _workers(self) -> list[int]:
        """Return the host's worker processes."""
        try:
            children = psutil.Process(self._addresses.pids["host"]).children()
            return sorted(child.pid for child in children if _WORKER in child.cmdline())
        except psutil.Error:
            return []

    async def _outage(self, trouble: Trouble) -> None:
        """Let the topic answer 503 for a while; in a third of the cases it accepts the events nevertheless."""
        outage = {"status": 503, "seconds": trouble.seconds, "accept": trouble.choice < 1 / 3}
        for _ in range(_TRIES):  # it may be down altogether just now
            with suppress(aiohttp.ClientError):
                await self._session.post(f"{self._addresses.event_grid}/topics/{TOPIC}/fault", data=json.dumps(outage))
                self.counts[trouble.kind] += 1
                return
            await asyncio.sleep(_PAUSE)

    async def _spoil_models(self, trouble: Trouble) -> None:
        rule = model_rule(trouble)
        await self._session.post(f"{self._models}/admin/faults", json=[rule.model_dump()])
        self.counts[describe_rule(rule)] += rule.times


def describe_rule(rule: Rule) -> str:
    """Return what the figures call a model fault."""
    return f"model {f'status {rule.fault.status}' if rule.fault.kind == 'status' else rule.fault.kind}"
