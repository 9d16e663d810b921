"""Where a running cloud can be reached, and how another process learns it: `cloud.json` in the state folder."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict

_FILE = "cloud.json"
_LOCK = "lock"


class CloudError(RuntimeError):
    """The local cloud cannot run, or none is running; the message says what to do."""


class Addresses(BaseModel):
    """A running cloud. Keys are of this machine's emulators, and open nothing else.

    Attributes:
        pid: of the process that keeps the cloud running.
        started: when it was ready.
        state: its folder.
        drop: the folder it watches; None when it watches none.
        containers: those of uploads; dropped files go into the first.
        storage: connection string of the storage account.
        api: base address of the function app's HTTP API, without a slash at the end.
        api_key: what the API wants as `x-functions-key`.
        admin_key: opens `/admin/host/status` too.
        topic: where events are posted, with `topic_key` as `aeg-sas-key`.
        event_grid: base address of the local Event Grid.
        subscriber: base address of the demo subscriber.
        models: base address of the model API.
        pids: process ids of the parts.
    """

    model_config = ConfigDict(frozen=True)

    pid: int
    started: datetime
    state: Path
    drop: Path | None = None
    containers: tuple[str, ...] = ("incoming",)
    storage: str
    api: str
    api_key: str
    admin_key: str
    topic: str
    topic_key: str
    event_grid: str
    subscriber: str
    models: str
    pids: dict[str, int] = {}

    @property
    def host(self) -> str:
        """The base address of the Functions host, without the API's prefix."""
        return self.api.removesuffix("/api")

    @property
    def events(self) -> Path:
        """The file in which the demo subscriber keeps the events, one JSON object a line."""
        return events_file(self.state)

    def write(self) -> None:
        """Replace `cloud.json`, readable by its owner only."""
        target = self.state / _FILE
        draft = target.with_suffix(".new")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(self.model_dump_json(indent=2))
        draft.replace(target)


def events_file(state: Path) -> Path:
    """Return where the demo subscriber of a cloud keeps its events."""
    return state / "events.jsonl"


def find(state: Path) -> Addresses:
    """Return the cloud that runs on the folder `state`; a relative one is looked for here and in the folders above.

    Raises CloudError when none is running: a file left by one that died does not count.
    """
    for base in (Path.cwd(), *Path.cwd().parents):
        file = base / state / _FILE
        if file.is_file() and _is_locked(file.parent):
            return Addresses.model_validate_json(file.read_text())
    raise CloudError(f"No local cloud is running on {state}: start one with `intray up`.")


@contextmanager
def claim_state_folder(state: Path) -> Iterator[None]:
    """Hold the state folder, made when needed, for the length of a block; raises CloudError while another does.

    The lock is the operating system's: it ends with its process, however that ends.
    """
    state.mkdir(parents=True, exist_ok=True)
    with (state / _LOCK).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise CloudError(f"{_who(state)} is already running on {state}. Stop it first (Ctrl-C in its terminal), "
                             "or give this one another folder with --state.") from error  # fmt: skip
        try:
            yield
        finally:
            (state / _FILE).unlink(missing_ok=True)


def left_behind(state: Path) -> Addresses | None:
    """Return the addresses left by a cloud that died without cleaning up, or None; call it in claim_state_folder."""
    try:
        return Addresses.model_validate_json((state / _FILE).read_text())
    except (OSError, ValueError):
        return None


def _is_locked(state: Path) -> bool:
    try:
        with (state / _LOCK).open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False


def _who(state: Path) -> str:
    holder = left_behind(state)
    return f"A local cloud (process {holder.pid})" if holder else "A local cloud"
