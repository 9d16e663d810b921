"""One cloud for all tests of the way from upload to event, and others for what needs another setting."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from threading import Thread

import pytest

from local.cloud.addresses import Addresses
from local.cloud.cloud import Cloud
from local.cloud.options import CloudOptions
from local.settings import LocalSettings
from tests.e2e.world import World


async def _run_cloud(
    options: CloudOptions, ready: Future[tuple[Addresses, asyncio.AbstractEventLoop, asyncio.Event]]
) -> None:
    over = asyncio.Event()
    async with Cloud(options) as cloud:
        ready.set_result((cloud.addresses, asyncio.get_running_loop(), over))
        await over.wait()


@contextmanager
def running_world(options: CloudOptions) -> Iterator[World]:
    """A throwaway cloud, run by an event loop of its own in a thread of its own."""
    ready: Future[tuple[Addresses, asyncio.AbstractEventLoop, asyncio.Event]] = Future()
    ended: Future[None] = Future()

    def run() -> None:
        try:
            asyncio.run(_run_cloud(options, ready))
        except BaseException as error:  # noqa: BLE001 - the thread hands on whatever happened
            (ended if ready.done() else ready).set_exception(error)
        else:
            ended.set_result(None)

    thread = Thread(target=run)
    thread.start()
    addresses, loop, over = ready.result()
    try:
        yield World(addresses, options.state)
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join()
    ended.result()


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The cloud of all tests that need no other one."""
    with running_world(CloudOptions(tmp_path_factory.mktemp("cloud"), LocalSettings())) as made:
        yield made
