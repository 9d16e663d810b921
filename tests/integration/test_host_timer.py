"""Timers: by schedule, once however many workers there are, and what was missed."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.integration.host_under_test import blobs, running_host
from tests.worker.demo import Demo

HOSTS = "azure-webjobs-hosts"


def status_blob(demo: Demo) -> str:
    return f"timers/{demo.name}/Host.Functions.tick/status"


def write_status(demo: Demo, status: dict[str, str | None]) -> None:
    with blobs(demo.storage) as service:
        if not service.get_container_client(HOSTS).exists():
            service.create_container(HOSTS)
        service.get_blob_client(HOSTS, status_blob(demo)).upload_blob(json.dumps(status), overwrite=True)


def read_status(demo: Demo) -> dict[str, Any]:
    with blobs(demo.storage) as service:
        status: dict[str, Any] = json.loads(service.get_blob_client(HOSTS, status_blob(demo)).download_blob().readall())
        return status


async def test_a_schedule_of_seconds_is_kept(azurite: str, tmp_path: Path) -> None:
    """Six fields, seconds first; a schedule below a minute keeps no status."""
    demo = Demo(tmp_path, azurite, tick="* * * * * *")
    async with running_host(demo):
        records = await demo.wait_for_records("tick", 2)
    assert [(False, {}), (False, {})] == [(record["past_due"], record["status"]) for record in records[:2]]


async def test_a_missed_occurrence_runs_once_at_the_start(azurite: str, tmp_path: Path) -> None:
    """Two workers run a late timer once; it knows that it is late, and the next start is not late again."""
    demo = Demo(tmp_path, azurite)
    late = {"Last": "2020-01-01T00:00:00+00:00", "Next": "2021-01-01T00:00:00+00:00", "LastUpdated": None}
    write_status(demo, late)
    async with running_host(demo, workers=2):
        [record] = await demo.wait_for_records("tick", 1)
    assert (True, "2020-01-01T00:00:00+00:00") == (record["past_due"], record["status"]["Last"])
    async with running_host(demo) as host:
        host.send("the host is up")
        await demo.wait_for_records("read_letter", 1)
    assert 1 == len(demo.records("tick"))
    assert read_status(demo)["Last"] > "2026"


async def test_a_first_start_is_not_late(azurite: str, tmp_path: Path) -> None:
    """A timer that never ran waits for its first occurrence and writes down when that is."""
    demo = Demo(tmp_path, azurite)
    async with running_host(demo) as host:
        host.send("the host is up")
        await demo.wait_for_records("read_letter", 1)
    assert [] == demo.records("tick")
    assert (None, "01-01T00:00:00+00:00") == (read_status(demo)["Last"], read_status(demo)["Next"].partition("-")[2])


async def test_a_scan_goes_on_where_the_last_host_ended(azurite: str, tmp_path: Path) -> None:
    """Receipts keep a restarted host from running the polling source's blobs again."""
    demo = Demo(tmp_path, azurite)
    async with running_host(demo, scan_interval=0.1) as host:
        host.upload("a.txt", container=f"{demo.name}-scan")
        await demo.wait_for_records("scan", 1)
        await host.wait_empty(f"azure-webjobs-blobtrigger-{demo.name}")
    async with running_host(demo, scan_interval=0.1) as host:
        host.upload("b.txt", container=f"{demo.name}-scan")
        await demo.wait_for_records("scan", 2)
    assert ["a.txt", "b.txt"] == [Path(record["name"]).name for record in demo.records("scan")]


@pytest.mark.parametrize("schedule", ["00:05:00", "every minute", "61 * * * * *"])
async def test_an_unreadable_schedule_stops_the_host(azurite: str, tmp_path: Path, schedule: str) -> None:
    """A timer that would never run is told at the start, with the function's name."""
    with pytest.raises(ValueError, match=f"tick: the schedule '{schedule.replace('*', '.')}' is no NCRONTAB"):
        async with running_host(Demo(tmp_path, azurite, tick=schedule)):
            pass
