"""Carries out the timetable: kills, outages, faults of models and storage, each when its time has come."""

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

from local.chaos.outside import Outside
from local.chaos.plan import Trouble, keeps_answer, model_rule
from local.chaos.storage_proxy import Weather
from local.cloud.addresses import Addresses
from local.cloud.cloud import Cloud
from local.cloud.options import TOPIC
from local.model_server.faults import Rule, parse_rules

_WORKER = "local.host.worker"
_TRIES, _PAUSE, _GLANCE = 20, 0.5, 0.1


class Troubles:
    """Makes things go wrong; `counts` by kind, `held` the model requests under way at each kill with their tries."""

    def __init__(self, cloud: Cloud, outside: Outside, weather: Weather, session: aiohttp.ClientSession) -> None:
        self._cloud = cloud
        self._outside = outside
        self._weather = weather
        self._session = session
        self._posted = 0
        self.counts = Counter[str]()
        self.held: list[dict[str, int]] = []

    async def run(self, timetable: Sequence[Trouble]) -> None:
        """Carry out everything, in order; one that comes late because another took long comes at once."""
        began = time.monotonic()
        for trouble in timetable:
            await asyncio.sleep(max(0.0, began + trouble.at - time.monotonic()))
            await self._do(trouble)

    async def end(self) -> int:
        """Stop every fault; how many model faults struck whose answers the app never had."""
        self._weather.end()
        with suppress(aiohttp.ClientError):
            await self._session.delete(f"{self._addresses.event_grid}/topics/{TOPIC}/fault")
        async with self._session.get(f"{self._models}/admin/faults") as answer:
            left = parse_rules(await answer.read())
        await self._session.delete(f"{self._models}/admin/faults")
        for rule in left:
            self.counts[_named(rule)] -= rule.times
        return self._posted - sum(rule.times for rule in left if keeps_answer(rule.fault))

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
                await self._kill(self._worker(trouble.choice), trouble)
            case "kill host":
                await self._kill(self._addresses.pids["host"], trouble)
            case "kill topic":
                await self._kill(self._addresses.pids["event grid"], trouble)
            case "topic outage":
                await self._outage(trouble)
            case "model faults":
                await self._spoil_models(trouble)
            case "storage storm":
                self.counts[trouble.kind] += 1
                self._weather.storm(trouble.choice, trouble.seconds)

    async def _kill(self, pid: int | None, trouble: Trouble) -> None:
        """SIGKILL, which cannot be caught; a part that is just being restarted is spared."""
        if pid is None:
            return
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            self.counts[trouble.kind] += 1
            if trouble.kind != "kill topic":  # it asks no models
                self.held.append(await self._outside.held())

    async def _until_models_are_asked(self, trouble: Trouble) -> None:
        """In half of the cases, wait a little for the moment that costs: a call is under way, or not stored yet."""
        for _ in range(_TRIES if trouble.choice < 1 / 2 else 0):
            if await self._outside.held():
                return
            await asyncio.sleep(_GLANCE)

    def _worker(self, choice: float) -> int | None:
        """One of the host's worker processes."""
        try:
            children = psutil.Process(self._addresses.pids["host"]).children()
            workers = sorted(child.pid for child in children if _WORKER in child.cmdline())
        except psutil.Error:
            return None
        return workers[int(choice * len(workers))] if workers else None

    async def _outage(self, trouble: Trouble) -> None:
        """The topic answers 503 for a while; in a third of the cases it takes the events all the same."""
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
        self.counts[_named(rule)] += rule.times
        self._posted += rule.times if keeps_answer(rule.fault) else 0


def _named(rule: Rule) -> str:
    """What the figures call a model fault."""
    return f"model {f'status {rule.fault.status}' if rule.fault.kind == 'status' else rule.fault.kind}"
