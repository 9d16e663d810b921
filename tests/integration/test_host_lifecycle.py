"""Hosts and workers that start late, die, hang or are told to end: nothing is lost and nobody is left."""

import asyncio
import json
import os
import shutil
import signal
from pathlib import Path
from typing import IO

import pytest

from local.host.workers.wire import text_data
from local.processes import Part, PartError
from tests.integration.host_under_test import prepare, running_host, send
from tests.worker.conftest import running_demo
from tests.worker.demo import APPS, DEMO, Demo, is_running, until


async def test_a_killed_worker_is_replaced_and_its_message_run_again(azurite: str, tmp_path: Path) -> None:
    """SIGKILL in the middle of a function costs one attempt, nothing more."""
    demo = Demo(tmp_path, azurite)
    async with running_host(demo) as host:
        host.send("slow 1")
        [first] = await demo.wait_for_records("read_letter", 1)
        os.kill(first["pid"], signal.SIGKILL)
        [end] = await demo.wait_for_records("read_letter_end", 1)
        await host.wait_empty(demo.name)
    assert [1, 2] == [record["dequeue_count"] for record in demo.records("read_letter")]
    assert first["pid"] != end["pid"]


async def test_two_workers_share_the_work_and_one_may_die(azurite: str, tmp_path: Path) -> None:
    """Invocations go to the least busy worker, and to the other one while one is being replaced."""
    demo = Demo(tmp_path, azurite)
    async with running_host(demo, workers=2) as host:
        for number in range(2):
            host.send(f"slow 0.{number}5")
        records = await demo.wait_for_records("read_letter", 2)
        assert 2 == len({record["pid"] for record in records})
        await demo.wait_for_records("read_letter_end", 2)
        os.kill(records[0]["pid"], signal.SIGKILL)
        host.send("next")
        assert "next" == (await demo.wait_for_records("read_letter", 3))[-1]["body"]


async def test_a_function_over_its_time_limit_costs_the_worker(azurite: str, tmp_path: Path) -> None:
    """As in Azure, functionTimeout ends the whole worker process, and a new one takes its place."""
    app = tmp_path / "app"
    shutil.copytree(DEMO, app, ignore=shutil.ignore_patterns("__pycache__"))
    config = json.loads((app / "host.json").read_text())
    (app / "host.json").write_text(json.dumps(config | {"functionTimeout": "00:00:01"}))
    async with running_host(Demo(tmp_path, azurite), app) as host:
        [before] = host.host.status()["workers"]
        async with host.http.get(f"{host.host.url}/api/hang") as answer:
            assert 500 == answer.status
        async with host.http.get(f"{host.host.url}/api/health") as answer:
            assert 200 == answer.status
        assert [before] != host.host.status()["workers"]


async def test_stopping_lets_running_functions_end(azurite: str, tmp_path: Path) -> None:
    """A host told to end takes nothing new and settles what runs."""
    demo = Demo(tmp_path, azurite)
    async with running_host(demo) as host:
        host.send("slow 0.5")
        await demo.wait_for_records("read_letter", 1)
        await host.host.stop()
        host.send("too late")
        assert (1, 1) == (len(demo.records("read_letter_end")), host.left(demo.name))
    assert ["slow 0.5"] == [record["body"] for record in demo.records("read_letter")]


async def test_what_outlasts_the_grace_is_cancelled_and_comes_back(azurite: str, tmp_path: Path) -> None:
    """An invocation that does not end in time fails, so its message is tried again by whoever comes next."""
    demo = Demo(tmp_path, azurite)
    async with running_host(demo) as host:
        host.send("slow 600")
        await demo.wait_for_records("read_letter", 1)
        await host.host.stop(grace=0.1)
        assert 1 == len(host.messages(demo.name))


def host_part(demo: Demo, app: Path = DEMO, log: IO[bytes] | None = None) -> Part:
    prepare(demo)
    arguments = ("--app", str(app), "--state", str(demo.folder / "state"), "--max-polling-interval", "0.2")
    return Part("local.host", arguments, demo.settings, log)


async def test_the_command_says_when_it_is_ready_and_ends_on_sigterm(azurite: str, tmp_path: Path) -> None:
    """One JSON line with address and functions; SIGTERM ends it with 0, after what runs, and leaves no process."""
    demo = Demo(tmp_path, azurite)
    host = host_part(demo)
    await host.start()
    assert (True, 12, True) == (
        host.ready["url"].startswith("http://127.0.0.1:"), len(host.ready["functions"]),
        Path(host.ready["keys"]).stat().st_mode & 0o777 == 0o600,
    )  # fmt: skip
    send(demo, "slow 0.3")
    [record] = await demo.wait_for_records("read_letter", 1)
    assert 0 == await host.stop()
    assert (1, False) == (len(demo.records("read_letter_end")), is_running(record["pid"]))


async def test_a_killed_host_leaves_no_worker_and_no_child(azurite: str, tmp_path: Path) -> None:
    """Workers end when their host does, and take along what the app started."""
    demo = Demo(tmp_path, azurite)
    host = host_part(demo)
    await host.start()
    send(demo, "child")
    [child] = await demo.wait_for_records("child", 1)
    [letter] = demo.records("read_letter")
    os.kill(host.pid, signal.SIGKILL)
    await until(lambda: not is_running(child["pid"]) and not is_running(letter["pid"]))
    assert -signal.SIGKILL == await host.wait()
    await host.stop()


@pytest.mark.parametrize(
    ("app", "reason"),
    [
        ("broken", "LookupError: the price list is not there"),
        ("output", "answer: a queue binding is not supported here"),
    ],
)
async def test_an_unusable_app_ends_the_command(azurite: str, tmp_path: Path, app: str, reason: str) -> None:
    """Exit code 1 and the reason on stderr, instead of a host that serves nothing."""
    with (tmp_path / "log").open("wb") as log:
        host = host_part(Demo(tmp_path, azurite), APPS / app, log=log)
        with pytest.raises(PartError, match="ended with code 1 before it was ready"):
            await host.start()
    assert reason in (tmp_path / "log").read_text()


async def test_the_app_tells_the_host_what_it_sent(azurite: str, tmp_path: Path) -> None:
    """A message that a function sends is known to the host at once, without waiting for a poll."""
    demo = Demo(tmp_path, azurite)
    prepare(demo)
    arrivals: list[str] = []
    async with running_demo(demo, arrivals.append) as worker:
        assert "success" == (await worker.call("read_letter", text_data("forward"))).status
        await until(lambda: bool(arrivals))
    assert [demo.name] == arrivals


async def test_a_second_signal_ends_the_host_at_once(azurite: str, tmp_path: Path) -> None:
    """Whoever asks twice does not wait for running functions, and still nothing is left."""
    demo = Demo(tmp_path, azurite)
    host = host_part(demo)
    await host.start()
    send(demo, "child")
    [child] = await demo.wait_for_records("child", 1)
    os.kill(host.pid, signal.SIGTERM)
    await asyncio.sleep(0.3)
    assert host.returncode is None
    os.kill(host.pid, signal.SIGTERM)
    assert 1 == await host.wait()
    await until(lambda: not is_running(child["pid"]))
    await host.stop()


async def test_the_end_of_stdin_ends_the_host(azurite: str, tmp_path: Path) -> None:
    """A parent that is gone without a word does not leave a host behind."""
    host = host_part(Demo(tmp_path, azurite))
    await host.start()
    assert host.stdin is not None
    host.stdin.close()
    assert 0 == await host.wait()
    await host.stop()
