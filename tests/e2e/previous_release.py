"""The functions host of the release before this one, from the repository's history, on a cloud's storage."""

import asyncio
import io
import json
import os
import signal
import subprocess
import sys
import tarfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from local.cloud.cloud import Cloud
from tests.architecture.tree import ROOT

PREVIOUS_RELEASE = "4b16ba7"
"""The commit that was released last. Its workers and those of this commit run on one storage during a deployment."""
_READY_SECONDS = 120
_GRACE_SECONDS = 40


def has_previous_release() -> bool:
    """Return whether the history is here: a shallow clone or an unpacked archive lacks it."""
    found = subprocess.run(["git", "cat-file", "-e", f"{PREVIOUS_RELEASE}^{{commit}}"], cwd=ROOT, check=False)
    return found.returncode == 0


def unpack_previous_release(folder: Path) -> Path:
    """Lay the tree of the previous release in `folder`; return it."""
    archive = subprocess.run(["git", "archive", PREVIOUS_RELEASE], cwd=ROOT, check=True, capture_output=True).stdout
    with tarfile.open(fileobj=io.BytesIO(archive)) as tree:
        tree.extractall(folder, filter="data")
    return folder


@asynccontextmanager
async def previous_host(tree: Path, cloud: Cloud, state: Path, log: Path, port: int = 0) -> AsyncIterator[str]:
    """Run the previous release's host for a block, with this environment's packages; yield its address."""
    arguments = ("--app", str(tree), "--state", str(state), "--port", str(port), "--workers", "1")
    environment = _own_files(cloud.host.environment, tree) | {"PYTHONPATH": str(tree)}
    with log.open("ab") as stderr:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "local.host", *arguments, "--log-level", "INFO", "--queue-lock", "60",
            cwd=tree, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr,
            start_new_session=True,
        )  # fmt: skip
    try:
        assert process.stdout
        async with asyncio.timeout(_READY_SECONDS):
            ready = await process.stdout.readline()
        assert ready, log.read_text(errors="replace")[-3000:]
        yield str(json.loads(ready)["url"]).rstrip("/")
    finally:
        if process.returncode is None:
            process.terminate()
            try:
                async with asyncio.timeout(_GRACE_SECONDS):
                    await process.wait()
            except TimeoutError:
                os.killpg(process.pid, signal.SIGKILL)
                await process.wait()


def _own_files(environment: Mapping[str, str], tree: Path) -> dict[str, str]:
    """Return the settings with the files of the release's own tree, as in its package; without those that it lacks."""
    own = {name: value.replace(str(ROOT), str(tree)) for name, value in environment.items()}
    return {name: value for name, value in own.items() if not value.startswith(str(tree)) or Path(value).exists()}
