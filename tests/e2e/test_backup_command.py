"""`intray backup` and `intray restore` as an operator runs them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from local.cloud.options import APP
from tests.e2e.documents import invoice
from tests.e2e.world import LIMIT, World

pytestmark = pytest.mark.timeout(LIMIT)


def _run(world: World, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "cli.main", *arguments, "--state", str(world.state)]
    return subprocess.run(command, cwd=APP, capture_output=True, text=True, timeout=LIMIT, check=False)


def test_a_running_cloud_is_backed_up_and_not_restored_over(world: World, tmp_path: Path) -> None:
    """The folder is complete and belongs to its owner only; a cloud with documents takes no restore by accident."""
    document = world.upload("kept safe.pdf", invoice("B-2026-1"))
    world.outcome(document)
    folder = tmp_path / "backup"
    done = _run(world, "backup", str(folder))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("backed up: ")
    manifest = json.loads((folder / "manifest.json").read_text())
    assert set(manifest["blobs"]) == {"incoming", "results", "unpacked", "work", "document-types"}
    assert document in (folder / "rows" / "documents.jsonl").read_text()
    assert "kept safe.pdf" in (folder / "blobs" / "incoming.jsonl").read_text()
    assert folder.stat().st_mode & 0o077 == 0
    refused = _run(world, "restore", str(folder))
    assert (refused.returncode, "--over" in refused.stderr) == (1, True)
    again = _run(world, "backup", str(folder))
    assert (again.returncode, "not empty" in again.stderr) == (1, True)


def test_this_version_reads_what_the_cloud_keeps(world: World) -> None:
    """Whatever the tests before have left in it: every sort of row and artifact is known."""
    world.outcome(world.upload("check me.pdf", invoice("B-2026-2")))
    done = _run(world, "migrate", "--check", "--sample", "1000")
    assert done.returncode == 0, done.stdout
    assert "This version can run on it." in done.stdout
    assert "of no sort" not in done.stdout
    assert _run(world, "migrate").returncode == 2
