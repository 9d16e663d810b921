from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio

from local.host.settings.config import AppSettings
from local.host.workers.functions import Function, read_functions
from local.host.workers.process import Call, Outcome, WorkerProcess
from local.host.workers.wire import Data
from tests.worker.demo import DEMO, Demo


class DemoWorker:
    """A real worker process with the demo app, called without a host."""

    def __init__(self, process: WorkerProcess, demo: Demo) -> None:
        self.process = process
        self.demo = demo
        functions = read_functions(process.functions, AppSettings(demo.settings))
        self.functions: dict[str, Function] = {function.name: function for function in functions}

    async def call(self, name: str, data: Data, metadata: dict[str, Data] | None = None) -> Outcome:
        function = self.functions[name]
        return await self.process.invoke(Call(function, {function.trigger.parameter: data}, metadata or {}))


def ignore(_queue: str) -> None:
    return None


@asynccontextmanager
async def running_demo(demo: Demo, on_arrival: Callable[[str], None] = ignore) -> AsyncIterator[DemoWorker]:
    process = await WorkerProcess.start(DEMO, demo.settings, "INFO", on_arrival)
    yield DemoWorker(process, demo)
    await process.end()


@pytest.fixture
async def worker(tmp_path: Path) -> AsyncIterator[DemoWorker]:
    """A worker of the test's own, which it may kill."""
    async with running_demo(Demo(tmp_path)) as own:
        yield own


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def module_worker(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[DemoWorker]:
    async with running_demo(Demo(tmp_path_factory.mktemp("demo"))) as shared:
        yield shared


@pytest.fixture
def shared_worker(module_worker: DemoWorker) -> DemoWorker:
    """One worker for the tests of a file, with nothing written down yet."""
    module_worker.demo.record_file.unlink(missing_ok=True)
    return module_worker
