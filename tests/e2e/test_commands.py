"""The commands as a person runs them, each a process of its own."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from local.cloud.addresses import Addresses
from local.cloud.options import APP
from tests.e2e.documents import invoice
from tests.e2e.world import LIMIT, wait_until

pytestmark = pytest.mark.timeout(LIMIT)
COMMAND = (sys.executable, "-m", "cli.main")
KEYS = [
    "file", "document_id", "state", "document_type", "fields", "findings", "disposition", "reasons", "pages",
    "ocr_pages", "model_calls", "tokens", "cost_usd", "seconds", "members", "children", "events",
]  # fmt: skip


class Desk:
    """A folder to run commands in; temporary files are made in it too."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "tmp").mkdir()
        self._options: dict[str, Any] = {
            "cwd": folder,
            "env": {**os.environ, "PYTHONPATH": str(APP), "TMPDIR": str(folder / "tmp")},
            "text": True,
            "stdout": subprocess.PIPE,
            "stderr": subprocess.PIPE,
        }

    def run(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end, with these environment variables too."""
        options = {**self._options, "env": {**self._options["env"], **variables}}
        return subprocess.run([*COMMAND, *arguments], **options, check=False, timeout=LIMIT)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Begin a command."""
        return subprocess.Popen([*COMMAND, *arguments], **self._options)

    def left_running(self) -> list[list[str]]:
        """The command lines of processes that were told something of this folder."""
        lines = [process.info["cmdline"] or [] for process in psutil.process_iter(["cmdline"])]
        return [line for line in lines if any(str(self.folder) in word for word in line)]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_process_writes_one_report_for_each_file(desk: Desk) -> None:
    """Three files in, three outcomes out, whatever they are; the copy names its original; nothing is left."""
    data = invoice("P-2026-1")
    for name, content in (("a.pdf", data), ("copy of a.pdf", data), ("a.txt", bytes(range(32)) * 8)):
        (desk.folder / name).write_bytes(content)
    done = desk.run("process", "a.pdf", "copy of a.pdf", "a.txt", "--out", "out")
    assert (0, "") == (done.returncode, done.stderr)
    reports = {path.name: json.loads(path.read_text()) for path in (desk.folder / "out").iterdir()}
    assert {"a.pdf.json", "a.txt.json", "copy of a.json"} == set(reports)
    assert [KEYS] * 3 == [list(report) for report in reports.values()]
    read, broken, copy = reports["a.pdf.json"], reports["a.txt.json"], reports["copy of a.json"]
    assert [] == [reason for reason in read["reasons"] if read["state"] not in {"finalized", "in_review"}]
    assert ("invoice", "P-2026-1") == (read["document_type"], read["fields"]["invoice_number"]["value"])
    assert read["tokens"]["total"] == read["tokens"]["prompt"] + read["tokens"]["completion"] > 0
    assert ("failed", {}, None) == (broken["state"], broken["fields"], broken["disposition"])
    assert ("duplicate", {}, 0) == (copy["state"], copy["fields"], copy["model_calls"])
    assert "a.pdf" in copy["reasons"][0]["message"]
    assert ["received", "duplicate"] == [event["type"].split(".")[-2] for event in copy["events"]]
    assert ([], []) == (desk.left_running(), [*(desk.folder / "tmp").iterdir()])


@pytest.fixture
def up(desk: Desk) -> Iterator[subprocess.Popen[str]]:
    """`intray up` on a fresh state folder, ready."""
    running = desk.start("up")
    assert running.stdout is not None
    wait_until("a cloud", lambda: (desk.folder / ".intray" / "cloud.json").exists() or running.poll() is not None)
    yield running
    if running.poll() is None:
        running.kill()
    running.communicate()


def test_up_serves_the_drop_folder_and_the_other_commands_until_ctrl_c(desk: Desk, up: subprocess.Popen[str]) -> None:
    """A dropped file gets its line; drop, status and show find the cloud; a second start is refused; it ends clean."""
    cloud = Addresses.model_validate_json((desk.folder / ".intray" / "cloud.json").read_text())
    assert 0o600 == (desk.folder / ".intray" / "cloud.json").stat().st_mode & 0o777
    (desk.folder / "drop" / "invoice").mkdir()
    (desk.folder / "drop" / "invoice" / "dropped.pdf").write_bytes(invoice("U-2026-1"))
    (desk.folder / "drop" / ".hidden.pdf").write_bytes(invoice("U-2026-2"))
    (desk.folder / "sent.txt").write_text("This is no document.")
    assert 0 == desk.run("drop", "sent.txt", "--type", "receipt").returncode

    def listed() -> dict[str, str] | None:
        found = json.loads(desk.run("status", "--json").stdout)
        states = {str(one["document"]["name"]): str(one["run"]["state"]) for one in found}
        return states if len(states) > 1 and set(states.values()) <= {"finalized", "in_review", "failed"} else None

    states = wait_until("two outcomes", listed)
    assert {"invoice/dropped.pdf", "receipt/sent.txt"} == set(states)
    shown = json.loads(desk.run("show", "invoice/dropped.pdf", "--json").stdout)
    assert "U-2026-1" == shown["result"]["fields"]["invoice_number"]["value"]
    checks = {check["name"]: check for check in json.loads(desk.run("doctor", "--json").stdout)["checks"]}
    assert {"ok"} == {check["status"] for check in checks.values()}, checks
    assert {"model offline-reader", "topic", "own clock"} <= set(checks)
    keyed = desk.run("status", "--deployment", cloud.api, "--json", INTRAY_KEY=cloud.api_key)
    assert states.keys() == {found["document"]["name"] for found in json.loads(keyed.stdout)}, keyed.stderr
    refused = desk.run("status", "-d", cloud.api, INTRAY_KEY="wrong")
    assert (1, True) == (refused.returncode, "(401)" in refused.stderr)
    second = desk.run("up")
    assert (1, True) == (second.returncode, "already running" in second.stderr)
    up.send_signal(signal.SIGINT)
    output, _ = up.communicate(timeout=LIMIT)
    assert (0, []) == (up.returncode, [pid for pid in cloud.pids.values() if psutil.pid_exists(pid)])
    assert [True, True, True] == [text in output for text in ("uploaded invoice/dropped.pdf", "addresses", "Stopping")]
    assert not (desk.folder / ".intray" / "cloud.json").exists()
