"""Azurite as the local cloud runs it: it keeps its data, says what is missing, and never outlives its parent."""

import asyncio
import sys
from pathlib import Path

import pytest

from local import azurite as module
from local.azurite import AzuriteError, azurite, start_azurite
from tests.integration.host_under_test import queues
from tests.worker.demo import is_running, until

PARENT = """
import time
from local.azurite import start_azurite
print(start_azurite().process.pid, flush=True)
time.sleep(600)
"""


async def test_a_stop_loses_nothing_and_a_start_may_reuse_the_ports(tmp_path: Path) -> None:
    """What was written a moment before a stop is there after the next start, at the same addresses."""
    async with azurite(tmp_path) as first:
        with queues(first.connection_string) as service:
            service.create_queue("kept").send_message("hello")
    async with azurite(tmp_path, first.ports) as second:
        with queues(second.connection_string) as service:
            messages = [str(message.content) for message in service.get_queue_client("kept").peek_messages()]
    assert (first.connection_string, ["hello"]) == (second.connection_string, messages)
    assert [0, 0] == [first.process.returncode, second.process.returncode]


async def test_it_ends_when_its_parent_is_killed() -> None:
    """SIGKILL to whoever started it leaves no emulator behind."""
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", PARENT, stdout=asyncio.subprocess.PIPE)
    assert parent.stdout is not None
    pid = int(await parent.stdout.readline())
    parent.kill()
    await parent.wait()
    await until(lambda: not is_running(pid))
    assert not is_running(pid)


def test_a_missing_installation_is_said_plainly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who has not run the set-up is told to."""
    monkeypatch.setattr(module, "_REPOSITORY", tmp_path)
    with pytest.raises(AzuriteError, match="run `make setup`"):
        start_azurite()


def test_a_port_that_is_taken_is_said_plainly() -> None:
    """An Azurite that cannot start tells its own reason."""
    running = start_azurite()
    try:
        with pytest.raises(AzuriteError, match="EADDRINUSE"):
            start_azurite(ports=running.ports)
    finally:
        running.stop()
