"""Start and stops Azurite, Microsoft's storage emulator, on free loopback ports.

Azurite flushes to disk only every few seconds, so it is always stopped with SIGTERM. A preloaded script makes it stop
the same way when its parent dies, even by SIGKILL, and list blobs whatever their names hold.
"""

import asyncio
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.error import HTTPError
from urllib.request import urlopen

ACCOUNT = "devstoreaccount1"
#: Published by Azurite's maker, the same everywhere; it protects nothing.
ACCOUNT_KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="

_REPOSITORY = Path(__file__).resolve().parent.parent
_SCRIPT = Path("node_modules/azurite/dist/src/azurite.js")
_PRELOAD = Path(__file__).with_name("azurite_preload.mjs")
_LISTENING = re.compile(r"Azurite (Blob|Queue|Table) service is successfully listening at http://127\.0\.0\.1:(\d+)")
_SERVICES = ("Blob", "Queue", "Table")


class AzuriteError(RuntimeError):
    """Azurite is not installed, or did not start; the message says what to do."""


@dataclass(frozen=True)
class Ports:
    """The loopback ports of the three services; 0 lets the system choose."""

    blob: int = 0
    queue: int = 0
    table: int = 0

    @property
    def connection_string(self) -> str:
        """The account at these ports, with plain http endpoints on loopback."""
        return (
            f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={ACCOUNT_KEY};"
            f"BlobEndpoint=http://127.0.0.1:{self.blob}/{ACCOUNT};"
            f"QueueEndpoint=http://127.0.0.1:{self.queue}/{ACCOUNT};"
            f"TableEndpoint=http://127.0.0.1:{self.table}/{ACCOUNT};"
        )


@dataclass(frozen=True)
class Azurite:
    """A running Azurite: its process, its ports, and the connection string that reaches it."""

    process: subprocess.Popen[bytes]
    ports: Ports

    @property
    def connection_string(self) -> str:
        """What AzureWebJobsStorage is set to."""
        return self.ports.connection_string

    def stop(self, grace: float = 15.0) -> None:
        """Flush and end; kill only a process that ignores SIGTERM for `grace` seconds (it loses what is unflushed)."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(grace)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.process.stdin is not None:
            self.process.stdin.close()


def start_azurite(
    directory: Path | None = None, ports: Ports | None = None, timeout: float = 60.0, access_log: Path | None = None
) -> Azurite:
    """Start Azurite and wait until all three services answer, at most `timeout` seconds.

    Args:
        directory: where it keeps its data; None keeps it in memory.
        ports: fixed ports, so that a second start answers at the same addresses; None takes free ones.
        timeout: seconds to wait for the three services.
        access_log: file to which it appends a line for each request that it answered; None keeps no log.

    Raises:
        AzuriteError: it is not installed, or it did not come up.
    """
    command = [*_node_command(), *_arguments(directory, ports or Ports(), is_silent=access_log is None)]
    with tempfile.TemporaryFile() if access_log is None else access_log.open("w+b") as output:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            azurite = Azurite(process, _wait_for_ports(process, output, time.monotonic() + timeout))
            for port in (azurite.ports.blob, azurite.ports.queue, azurite.ports.table):
                _ask(port)
        except BaseException:  # an interrupt too: nobody else knows of the process yet
            process.kill()
            process.communicate()
            raise
    return azurite


@asynccontextmanager
async def azurite(directory: Path | None = None, ports: Ports | None = None) -> AsyncIterator[Azurite]:
    """`start_azurite` and `Azurite.stop` around a block, without holding up the event loop."""
    running = await asyncio.to_thread(start_azurite, directory, ports)
    try:
        yield running
    finally:
        await asyncio.shield(asyncio.to_thread(running.stop))


def _node_command() -> list[str]:
    node = shutil.which("node")
    if node is None:
        raise AzuriteError("Node.js (`node`) is not on the PATH; Azurite needs version 20 or newer.")
    script = _REPOSITORY / _SCRIPT
    if not script.is_file():
        raise AzuriteError("Azurite is not installed; run `make setup`.")
    return [node, "--import", _PRELOAD.as_uri(), str(script)]


def _arguments(directory: Path | None, ports: Ports, *, is_silent: bool) -> list[str]:
    arguments = ["--skipApiVersionCheck", "--disableTelemetry", *(["--silent"] if is_silent else [])]
    for service, port in (("blob", ports.blob), ("queue", ports.queue), ("table", ports.table)):
        arguments += [f"--{service}Port", str(port)]
    if directory is None:
        return [*arguments, "--inMemoryPersistence"]
    directory.mkdir(parents=True, exist_ok=True)
    return [*arguments, "-l", str(directory)]


def _wait_for_ports(process: subprocess.Popen[bytes], output: IO[bytes], deadline: float) -> Ports:
    while True:
        output.seek(0)
        text = output.read().decode(errors="replace")
        ports = dict(_LISTENING.findall(text))
        if all(service in ports for service in _SERVICES):
            return Ports(*(int(ports[service]) for service in _SERVICES))
        if process.poll() is not None:
            raise AzuriteError(f"Azurite ended with code {process.returncode} before it was ready:\n{text.strip()}")
        if time.monotonic() > deadline:
            raise AzuriteError(f"Azurite was not ready in time:\n{text.strip()}")
        time.sleep(0.05)


def _ask(port: int) -> None:
    try:
        urlopen(f"http://127.0.0.1:{port}/{ACCOUNT}?comp=list", timeout=10).close()
    except HTTPError as answer:
        answer.close()  # it answers: that it wants a signature is as it should be
