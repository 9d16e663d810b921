"""One cloud for all tests of the way from upload to event."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from threading import Thread

import pytest

from local.cloud.addresses import Addresses
from local.cloud.cloud import Cloud
from local.cloud.options import CloudOptions
from local.settings import LocalSettings
from tests.e2e.world import World


async def _run_cloud(state: Path, ready: Future[tuple[Addresses, asyncio.AbstractEventLoop, asyncio.Event]]) -> None:
    over = asyncio.Event()
    async with Cloud(CloudOptions(state, LocalSettings())) as cloud:
        ready.set_result((cloud.addresses, asyncio.get_running_loop(), over))
        await over.wait()


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A throwaway cloud, run by an event loop of its own in a thread of its own."""
    ready: Future[tuple[Addresses, asyncio.AbstractEventLoop, asyncio.Event]] = Future()
    ended: Future[None] = Future()
    state = tmp_path_factory.mktemp("cloud")

    def run() -> None:
        try:
            asyncio.run(_run_cloud(state, ready))
        except BaseException as error:  # noqa: BLE001 - the thread hands on whatever happened
            (ended if ready.done() else ready).set_exception(error)
        else:
            ended.set_result(None)

    thread = Thread(target=run)
    thread.start()
    addresses, loop, over = ready.result()
    yield World(addresses, state)
    loop.call_soon_threadsafe(over.set)
    thread.join()
    ended.result()
