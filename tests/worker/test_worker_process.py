"""How a worker process lives and dies under its host."""

import asyncio
import os
import signal
import time
from pathlib import Path

import pytest

from local.host.workers.process import WorkerError, WorkerProcess
from local.host.workers.wire import bytes_data, text_data
from tests.worker.conftest import DemoWorker
from tests.worker.demo import APPS, DEMO, Demo, is_running, until

REQUEST = {
    "http": {"method": "GET", "url": "http://host/x", "headers": {}, "query": {}, "params": {}, "body": bytes_data(b"")}
}


async def test_a_blocking_function_does_not_hold_up_others(worker: DemoWorker) -> None:
    """Synchronous functions run in threads."""
    hanging = asyncio.create_task(worker.call("hang", REQUEST))
    await until(lambda: worker.process.in_flight == 1)
    assert "success" == (await worker.call("health", REQUEST)).status
    worker.process.kill("enough")
    assert ("failure", "enough") == ((await hanging).status, (await hanging).error)


async def test_cancelling_ends_an_asynchronous_function(worker: DemoWorker) -> None:
    """A function that awaits is cancelled when the host asks for it."""
    running = asyncio.create_task(worker.call("read_letter", text_data("slow 600")))
    await worker.demo.wait_for_records("read_letter", 1)
    worker.process.cancel()
    assert "cancelled" == (await running).status


async def test_a_killed_worker_fails_what_ran_in_it_and_leaves_no_child(worker: DemoWorker) -> None:
    """SIGKILL is noticed at once, and processes that the app started go with the worker's group."""
    running = asyncio.create_task(worker.call("read_letter", text_data("child")))
    [child] = await worker.demo.wait_for_records("child", 1)
    os.kill(worker.process.pid, signal.SIGKILL)
    assert ("failure", "the worker process died") == ((await running).status, (await running).error)
    await worker.process.end()
    await until(lambda: not is_running(child["pid"]))
    assert not worker.process.usable


async def test_draining_waits_for_what_runs(worker: DemoWorker) -> None:
    """A worker asked to end finishes its invocations first."""
    running = asyncio.create_task(worker.call("read_letter", text_data("slow 0.2")))
    await worker.demo.wait_for_records("read_letter", 1)
    await worker.process.drain(10)
    assert "success" == (await running).status
    assert 1 == len(worker.demo.records("read_letter_end"))


async def test_the_app_is_loaded_without_the_main_module(worker: DemoWorker) -> None:
    """Azure's worker for Python 3.13 and later removes `__main__`; an app that needs it must fail here too."""
    assert "success" == (await worker.call("read_letter", text_data("which modules"))).status
    [record] = worker.demo.records("read_letter")
    assert [False, False] == record["has_main_module"]


async def test_a_worker_may_be_given_a_wrong_clock(tmp_path: Path) -> None:
    """Whatever the app asks for the time, it is that of a machine whose clock is an hour ahead."""
    demo = Demo(tmp_path)
    process = await WorkerProcess.start(DEMO, demo.settings, "INFO", lambda _: None, clock_offset=3600)
    worker = DemoWorker(process, demo)
    assert "success" == (await worker.call("read_letter", text_data("what time is it"))).status
    await process.end()
    assert abs(demo.records("read_letter")[0]["now"] - time.time() - 3600) < 60


@pytest.mark.parametrize(
    ("app", "reason"), [("broken", "LookupError: the price list is not there"), ("nothing", "no functions were found")]
)
async def test_an_unusable_app_says_why(tmp_path: Path, app: str, reason: str) -> None:
    """The exception of the import, or that there is nothing, is told plainly."""
    folder = APPS / app if app == "broken" else tmp_path
    with pytest.raises(WorkerError, match=reason):
        await WorkerProcess.start(folder, Demo(folder).settings, "INFO", lambda _: None)
