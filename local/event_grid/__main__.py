"""`python -m local.event_grid --state DIR`: run the local Event Grid until it is told to stop."""

import argparse
import asyncio
import logging
import sys
import time
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp
from aiohttp import web
from azure.storage.blob.aio import BlobServiceClient
from azure.storage.queue.aio import QueueServiceClient

from local.event_grid.delivery.dead_letter import BlobDeadLetters
from local.event_grid.delivery.dispatcher import Dispatcher
from local.event_grid.delivery.storage_queue import Destinations, StorageQueues
from local.event_grid.delivery.webhook import Webhook
from local.event_grid.grid import Grid
from local.event_grid.server import build_app
from local.event_grid.state.config import GridConfig
from local.event_grid.state.store import Store
from local.event_grid.storage_source import StorageWatcher
from local.processes import Shutdown, announce
from local.settings import LocalSettings

_DRAIN_SECONDS = 10.0


def main(arguments: list[str] | None = None) -> None:
    """Read the command line and serve; exits with code 2 when it is wrong."""
    parser = argparse.ArgumentParser(prog="python -m local.event_grid", description=__doc__)
    parser.add_argument("--state", type=Path, required=True, help="directory of the state file")
    parser.add_argument("--port", type=int, default=0, help="loopback port; 0 takes a free one")
    parser.add_argument("--topic", action="append", default=[], metavar="NAME", help="a custom topic (repeatable)")
    parser.add_argument(
        "--watch", action="append", default=[], metavar="CONTAINER", help="announce its blobs (repeatable)"
    )
    parser.add_argument("--poll", type=float, default=0.5, metavar="SECONDS", help="between two scans of storage")
    options = parser.parse_args(arguments)
    logging.basicConfig(
        stream=sys.stderr, level=logging.INFO, format="%(asctime)s event_grid %(levelname)s %(message)s"
    )
    logging.getLogger("azure").setLevel(logging.WARNING)
    storage = LocalSettings().storage
    if options.watch and not storage:
        parser.error("AzureWebJobsStorage is not set: there is no storage account to watch")
    config = GridConfig(tuple(options.topic), tuple(options.watch), options.poll)
    asyncio.run(_serve(config, options.state, options.port, storage))


async def _serve(config: GridConfig, state: Path, port: int, connection_string: str | None) -> None:
    shutdown = Shutdown()
    async with AsyncExitStack() as stack:
        store = Store(state)
        stack.push_async_callback(store.close)
        session = await stack.enter_async_context(aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)))
        service, queues = None, None
        if connection_string:
            service = await stack.enter_async_context(BlobServiceClient.from_connection_string(connection_string))
            queues = await stack.enter_async_context(QueueServiceClient.from_connection_string(connection_string))
        destinations = Destinations(Webhook(session), StorageQueues(queues))
        dispatcher = Dispatcher(store, destinations, BlobDeadLetters(service), time.time)
        tasks = await stack.enter_async_context(asyncio.TaskGroup())
        grid = Grid(config, store, destinations, dispatcher, time.time, tasks)
        await grid.start()
        runner = web.AppRunner(build_app(grid), access_log=None, shutdown_timeout=_DRAIN_SECONDS)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        if service is not None and config.containers:
            watching = tasks.create_task(StorageWatcher(service, grid).run())
            stack.callback(watching.cancel)
        url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        announce(url=url, topics={topic: f"{url}/topics/{topic}/api/events" for topic in config.topics})
        await shutdown.requested.wait()
        await runner.cleanup()
        await grid.close(_DRAIN_SECONDS)


if __name__ == "__main__":
    main()
