"""A page that takes too long is told and left out; its neighbours, and the next calls, go on."""

import asyncio
import ctypes
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pymupdf
import pytest
from PIL import Image

from shared.adapters.images.reader import PillowReader
from shared.adapters.isolation import ProcessPool
from shared.adapters.isolation.child import IDLE_FACTOR
from shared.adapters.pdf import PyMuPDFReader
from shared.domain.base.errors import Unreadable
from shared.domain.reading.ocr_need import Ceiling
from shared.ports.isolation import Caller, calls_for
from shared.ports.reading import SourceFile
from shared.testing.isolation import InlineIsolation

LIMIT = 0.3
SETTING = "INTRAY_PAGE_SECONDS"
MODEL, OCR = Ceiling(800), Ceiling(2000)


def compute(seconds: float) -> int:
    """Keep a processor busy for so many of its seconds; the process that did."""
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass
    return os.getpid()


def wait_without_computing(seconds: float) -> int:
    """Hang with the GIL held."""
    ctypes.PyDLL(None).usleep(int(seconds * 1_000_000))
    return os.getpid()


@pytest.fixture
def pool() -> Iterator[ProcessPool]:
    made = ProcessPool(size=1, seconds=30)
    yield made
    made.close()


async def test_a_call_that_computes_too_long_costs_its_child(pool: ProcessPool) -> None:
    """The process is killed, and the next call gets another one; the refusal names the limit and its setting."""
    before = await pool.run(compute, 0)
    with pytest.raises(Unreadable) as caught:
        await pool.within(LIMIT, SETTING).run(compute, 60)
    message = f"Reading took longer than {LIMIT} seconds of computing ({SETTING}) and was stopped."
    assert ("too_slow", message) == (caught.value.code, str(caught.value))
    assert not psutil.pid_exists(before)
    assert before != await pool.run(compute, 0)


async def test_a_call_that_hangs_is_stopped_too(pool: ProcessPool) -> None:
    """It computes nothing, so it gets some times its limit: a full machine is slow, and must not leave pages unread."""
    await pool.run(compute, 0)
    within = pool.within(LIMIT, SETTING)
    await within.run(wait_without_computing, LIMIT * (IDLE_FACTOR - 2))
    with pytest.raises(Unreadable, match=SETTING):
        await within.run(wait_without_computing, 60)


async def test_a_page_of_a_large_file_may_wait_longer_for_a_core(pool: ProcessPool) -> None:
    """Its process has a low priority: that it computes little says less about it."""
    with calls_for(Caller("large", is_range=True)):
        await pool.run(compute, 0)
        await pool.within(LIMIT, SETTING).run(wait_without_computing, LIMIT * (IDLE_FACTOR + 2))
        with pytest.raises(Unreadable, match=SETTING):
            await pool.within(LIMIT, SETTING).run(wait_without_computing, 60)


async def test_a_limit_of_some_calls_is_not_that_of_the_others(pool: ProcessPool) -> None:
    """Opening a file may take longer than reading a page, in the same processes."""
    assert await pool.run(compute, 2 * LIMIT) == await pool.within(LIMIT, SETTING).run(compute, 0)


class SlowPages(InlineIsolation):
    """An isolation in which a call that reads some pages takes too long."""

    def __init__(self, *slow: int) -> None:
        self._slow = set(slow)

    async def run[**P, T](self, function: Any, *args: Any, **kwargs: Any) -> Any:
        """What `function` returns, unless it is asked for a slow page."""
        numbers = next((argument for argument in args if isinstance(argument, tuple) and argument), ())
        if self._slow & set(numbers):
            raise Unreadable("too_slow", "Reading took longer than 20 seconds of computing and was stopped.")
        return function(*args, **kwargs)


async def test_one_slow_page_of_a_pdf_is_left_out_alone(tmp_path: Path) -> None:
    """The file is opened within the limit of files, its pages are read within that of pages."""
    document: Any = pymupdf.open()
    for number in range(6):
        document.new_page().insert_text((72, 72), f"the text of page {number + 1} of six")
    document.save(tmp_path / "x.pdf")
    reader = PyMuPDFReader(InlineIsolation(), pages=SlowPages(3))
    pages = [source.page async for source in reader.pages(SourceFile(tmp_path / "x.pdf"), range(1, 7), MODEL, OCR)]
    assert [3] == [page.number for page in pages if page.problem]
    assert "longer than 20 seconds" in str(pages[2].problem)
    assert [1, 2, 4, 5, 6] == [page.number for page in pages if page.lines]


async def test_one_slow_frame_of_a_fax_is_left_out_alone(tmp_path: Path) -> None:
    """A TIFF of several sheets loses one of them, not all."""
    sheets = [Image.new("L", (100, 140), shade) for shade in (0, 50, 100, 150, 200)]
    sheets[0].save(tmp_path / "x.tif", save_all=True, append_images=sheets[1:])
    reader = PillowReader(InlineIsolation(), pages=SlowPages(2))
    sources = [source async for source in reader.pages(SourceFile(tmp_path / "x.tif"), range(1, 6), MODEL, OCR)]
    assert [(1, False), (2, True), (3, False), (4, False), (5, False)] == [
        (source.page.number, source.page.problem is not None) for source in sources
    ]
    assert [True, False, True, True, True] == [source.wants_ocr for source in sources]


async def test_a_slow_picture_that_is_the_whole_file_is_refused(tmp_path: Path) -> None:
    """There is no rest of the file that could go on."""
    Image.new("L", (100, 140)).save(tmp_path / "x.png")
    reader = PillowReader(InlineIsolation(), pages=SlowPages(1))
    with pytest.raises(Unreadable) as caught:
        await anext(reader.pages(SourceFile(tmp_path / "x.png"), [1], MODEL, OCR))
    assert "too_slow" == caught.value.code


async def test_slow_calls_do_not_hold_up_the_event_loop(pool: ProcessPool) -> None:
    """The watch over a child runs in a thread."""
    call = asyncio.create_task(pool.within(LIMIT, SETTING).run(compute, 60))
    turns = 0
    while not call.done():
        await asyncio.sleep(0.005)
        turns += 1
    assert turns > 10
    with pytest.raises(Unreadable):
        await call
