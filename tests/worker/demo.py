"""The demo app as tests see it: its settings, and what its functions wrote down."""

import asyncio
import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local.processes import child_environment

APPS = Path(__file__).parent / "apps"
DEMO = APPS / "demo"
NO_STORAGE = "UseDevelopmentStorage=true"

type Record = dict[str, Any]


@dataclass
class Demo:
    """One use of the demo app: its queue, containers and host id are its own, whoever else uses the emulator."""

    folder: Path
    storage: str = NO_STORAGE
    tick: str = "0 0 0 1 1 *"
    name: str = field(default_factory=lambda: f"t{uuid.uuid4().hex[:12]}")

    @property
    def settings(self) -> dict[str, str]:
        return child_environment() | {
            "AzureWebJobsStorage": self.storage,
            "AzureFunctionsWebHost__hostid": self.name,
            "DEMO_RECORD": str(self.record_file),
            "INCOMING": f"{self.name}-in",
            "SCANNED": f"{self.name}-scan",
            "LETTERS": self.name,
            "TICK": self.tick,
        }

    @property
    def record_file(self) -> Path:
        return self.folder / "records.jsonl"

    def records(self, function: str) -> list[Record]:
        if not self.record_file.exists():
            return []
        lines = self.record_file.read_text(encoding="utf-8").splitlines()
        return [record for record in map(json.loads, lines) if record["function"] == function]

    async def wait_for_records(self, function: str, count: int) -> list[Record]:
        await until(lambda: len(self.records(function)) >= count)
        return self.records(function)


async def until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait until a condition holds; fails the test by TimeoutError when it does not."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - another process changes what it looks at
            await asyncio.sleep(0.02)


def is_running(pid: int) -> bool:
    """Whether a process runs; one that ended and waits to be collected does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
