"""Child processes that crash, hang or eat memory, and what becomes of their calls."""

import asyncio
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import psutil
import pytest

from shared.adapters.isolation import ProcessPool
from shared.domain.base.disk_full import DiskFull
from shared.domain.base.errors import Unavailable, Unreadable

ROOT = Path(__file__).parents[4]


def identity() -> int:
    return os.getpid()


def crash() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def crash_once(flag: str) -> str:
    if not Path(flag).exists():
        Path(flag).touch()
        crash()
    return "survived"


def hang_in_c() -> None:
    """Sleep with the GIL held, as a parser in a loop does: no thread of the child can run."""
    ctypes.PyDLL(None).sleep(60)


def hang_after_touching(flag: str) -> None:
    Path(flag).touch()
    hang_in_c()


def refuse(code: str) -> None:
    raise Unreadable(code, "as told")


def write_to_full_disk(masked: bool) -> None:
    """Write to a device that is always full, as a parser of broken files may report it."""
    try:
        with Path("/dev/full").open("wb") as file:
            file.write(b"x")
    except OSError:
        if masked:
            raise Unreadable("unreadable", "The file is damaged.") from None
        raise


def grow() -> int:
    return len(bytearray(1 << 30))


@pytest.fixture
def pool() -> Iterator[ProcessPool]:
    made = ProcessPool(size=1, seconds=30)
    yield made
    made.close()


async def test_a_child_is_another_process_and_is_kept(pool: ProcessPool) -> None:
    """Starting one costs a hundred times a call."""
    first, second = await pool.run(identity), await pool.run(identity)
    assert first == second != os.getpid()


@pytest.mark.parametrize("main", ["gone", "None", "another program"])
async def test_a_child_starts_whatever_became_of_the_main_module(
    main: str, pool: ProcessPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The Functions worker removes `__main__`; children start without it, and start again after a crash."""
    match main:
        case "gone":
            monkeypatch.delitem(sys.modules, "__main__")
        case "None":
            monkeypatch.setitem(sys.modules, "__main__", None)
        case _:
            program = ModuleType("__main__")
            program.__file__ = "/no/such/program.py"
            monkeypatch.setitem(sys.modules, "__main__", program)
    before = sys.modules.get("__main__", "gone")
    first = await pool.run(identity)
    with pytest.raises(Unreadable):
        await pool.run(crash)
    assert first != await pool.run(identity)
    assert before is sys.modules.get("__main__", "gone")


async def test_a_refusal_comes_back_as_it_was(pool: ProcessPool) -> None:
    """The code of a Permanent is published with the document."""
    with pytest.raises(Unreadable) as caught:
        await pool.run(refuse, "password_required")
    assert ("password_required", "as told") == (caught.value.code, str(caught.value))


async def test_a_crash_is_the_files_fault_and_harms_no_other_call(pool: ProcessPool) -> None:
    """A file that crashes the reader is unreadable; the next one is served by a new child."""
    before = await pool.run(identity)
    with pytest.raises(Unreadable) as caught:
        await pool.run(crash)
    assert "unreadable" == caught.value.code
    assert before != await pool.run(identity)


async def test_a_call_whose_child_was_killed_is_tried_again(pool: ProcessPool, tmp_path: Path) -> None:
    """The kernel that runs out of memory may kill a child that did nothing wrong."""
    assert "survived" == await pool.run(crash_once, str(tmp_path / "crashed"))


@pytest.mark.parametrize("masked", [False, True])
async def test_a_full_disk_is_not_the_files_fault(pool: ProcessPool, masked: bool) -> None:
    """The step waits for room; the child lives on."""
    before = await pool.run(identity)
    with pytest.raises(DiskFull):
        await pool.run(write_to_full_disk, masked)
    assert before == await pool.run(identity)


async def test_a_call_over_its_time_is_stopped() -> None:
    """Even one that holds the GIL and would never answer."""
    pool = ProcessPool(size=1, seconds=0.2)
    with pytest.raises(Unreadable) as caught:
        await pool.run(hang_in_c)
    assert "too_slow" == caught.value.code
    pool.close()


async def test_memory_is_bounded() -> None:
    """A bomb fails in the child, while this process and the machine go on."""
    pool = ProcessPool(size=1, seconds=30, memory_bytes=512 << 20)
    with pytest.raises(Unreadable) as caught:
        await pool.run(grow)
    assert "unreadable" == caught.value.code
    assert await pool.run(identity) != os.getpid()
    pool.close()


async def test_calls_share_the_children_and_the_event_loop_goes_on() -> None:
    """Two children, five calls: nobody waits in the event loop."""
    pool = ProcessPool(size=2, seconds=30)
    children = await asyncio.gather(*(pool.run(identity) for _ in range(5)))
    assert 2 >= len(set(children))
    pool.close()


async def test_a_closed_pool_does_not_blame_the_file(tmp_path: Path) -> None:
    """A call that shutting down cuts off can be made again elsewhere."""
    pool = ProcessPool(size=1, seconds=30)
    call = asyncio.ensure_future(pool.run(hang_after_touching, str(tmp_path / "begun")))
    while not (tmp_path / "begun").exists():  # noqa: ASYNC110 - another process makes it
        await asyncio.sleep(0.01)
    pool.close()
    with pytest.raises(Unavailable):
        await call


WITHOUT_MAIN = """
import asyncio, sys
from shared.adapters.isolation import ProcessPool
from tests.integration.isolation.test_process_pool import crash, identity
{remove}
pools = [ProcessPool(size=2, seconds=60, preload=("pymupdf",)) for _ in range(2)]
async def main():
    numbers = await asyncio.gather(*(pool.run(identity) for pool in pools for _ in range(4)))
    await asyncio.gather(*(pool.run(crash) for pool in pools), return_exceptions=True)
    numbers += [await pool.run(identity) for pool in pools]
    print(len(numbers), "__main__" in sys.modules)
asyncio.run(main())
for pool in pools:
    pool.close()
"""


@pytest.mark.parametrize(
    ("remove", "present"),
    [
        ("sys.modules.pop('__main__')", False),
        ("sys.modules['__main__'].__file__ = '/no/such/file.py'", True),
        ("sys.modules['__main__'].__spec__ = None", True),
        ("", True),
    ],
)
async def test_a_fork_server_starts_whatever_the_main_module_is(tmp_path: Path, remove: str, present: bool) -> None:
    """In a process of its own: missing, without a file that exists, or a script that no child may run again."""
    script = tmp_path / "script.py"
    script.write_text(WITHOUT_MAIN.format(remove=remove))
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(script), env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE
    )
    output, _ = await process.communicate()
    assert f"10 {present}\n" == output.decode()


PARENT = """
import asyncio
from shared.adapters.isolation import ProcessPool
from tests.integration.isolation.test_process_pool import hang_in_c, identity
async def main():
    pool = ProcessPool(size=2, seconds=600)
    print(await pool.run(identity), flush=True)
    await asyncio.gather(pool.run(hang_in_c), pool.run(hang_in_c))
asyncio.run(main())
"""


@pytest.fixture
def parent() -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen([sys.executable, "-c", PARENT], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    yield process
    process.kill()
    process.communicate()


async def test_children_die_with_a_killed_parent(parent: subprocess.Popen[str]) -> None:
    """SIGKILL runs no handler: whatever a child is doing, the kernel ends it when the parent is gone."""
    assert parent.stdout is not None
    parent.stdout.readline()
    family = psutil.Process(parent.pid).children(recursive=True)
    assert len(family) >= 2
    parent.kill()
    _, alive = await asyncio.to_thread(psutil.wait_procs, family, 10)
    assert [] == alive
