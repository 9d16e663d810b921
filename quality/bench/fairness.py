"""`intray bench fairness`: how long a one-page file takes behind a file of 400 pages, against its time alone."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import pymupdf

from local.cloud.api import Api, api
from local.cloud.cloud import Cloud
from local.cloud.options import CloudOptions
from local.cloud.storage import Uploads, uploads
from quality.bench.pages import FIRST_PAGE
from quality.bench.rows import Case, as_pdf
from quality.bench.subjects import scan_pdf, text_pdf
from quality.measure import Figure

MAX_SLOWDOWN = 2.0
"""Times its time alone that a one-page file may take behind a large one."""
SMALL_FILES = 4
"""One-page files of each kind that are measured alone, and as many behind each large file."""
SCAN_DPI = 150
"""Resolution of the large scanned file and of the scanned one-page files."""
_PAUSE = 0.1
_KINDS = ("text", "scan")


@dataclass(frozen=True)
class _Client:
    """A running cloud as the uploader sees it, and the folder for the files to upload."""

    folder: Path
    api: Api
    storage: Uploads

    async def seconds_to_outcome(self, kind: str, number: int) -> float:
        """Upload a one-page invoice and return the seconds until its outcome."""
        file = _one_page(self.folder, kind, number)
        began = time.monotonic()
        document = await self.storage.upload(file, f"invoice/{file.name}")
        while (detail := await self.api.detail(document)) is None or not detail.run.is_settled:  # noqa: ASYNC110 - polled by HTTP
            await asyncio.sleep(_PAUSE)
        return time.monotonic() - began


async def measure(folder: Path, pages: int, tell: Callable[[str], None]) -> list[Figure]:
    """Send one-page files through a cloud alone, and then right behind a text and a scan of `pages` pages.

    Each large file gets a cloud of its own in the new folder `folder`, and is abandoned after the last small file.
    Raises CloudError.
    """
    figures: list[Figure] = []
    for kind in _KINDS:
        own = folder / kind
        own.mkdir()
        tell(f"making a {kind} of {pages} pages")
        figures += await _measure_behind(own, kind, _large_file(own, kind, pages), tell)
    return figures


async def _measure_behind(folder: Path, large_kind: str, large: Path, tell: Callable[[str], None]) -> list[Figure]:
    """Return how much longer one-page files of each kind take while the file `large` is processed."""
    async with (
        Cloud(CloudOptions(folder / "cloud"), tell) as cloud,
        api(cloud.addresses) as client,
        uploads(cloud.addresses.storage) as storage,
    ):
        sender = _Client(folder, client, storage)
        for kind in _KINDS:
            await sender.seconds_to_outcome(kind, 0)  # loads the models and starts the reading processes
        alone = await _seconds_by_kind(sender, range(1, SMALL_FILES + 1), tell)
        tell(f"uploading the large {large_kind}")
        await storage.upload(large, f"invoice/{large.name}")
        behind = await _seconds_by_kind(sender, range(SMALL_FILES + 1, 2 * SMALL_FILES + 1), tell)
    return [figure for kind in _KINDS for figure in _figures(f"{kind} behind {large_kind}", alone[kind], behind[kind])]


async def _seconds_by_kind(
    sender: _Client, numbers: Sequence[int], tell: Callable[[str], None]
) -> dict[str, list[float]]:
    """Upload one-page files one after the other, each when the outcome of the one before is there."""
    seconds: dict[str, list[float]] = {kind: [] for kind in _KINDS}
    for number in numbers:
        for kind in _KINDS:
            seconds[kind].append(await sender.seconds_to_outcome(kind, number))
            tell(f"one page, {kind}: {seconds[kind][-1]:.1f} s")
    return seconds


def _figures(name: str, alone: Sequence[float], behind: Sequence[float]) -> list[Figure]:
    usual = median(alone)
    return [
        Figure(name=f"{name}: alone, median", value=round(usual, 2), unit="s"),
        Figure(name=f"{name}: median", value=round(median(behind), 2), unit="s"),
        Figure(name=f"{name}: slowest", value=round(max(behind), 2), unit="s"),
        Figure(name=f"{name}: slowdown", value=round(median(behind) / usual, 2), unit="times", goal=MAX_SLOWDOWN),
    ]


def _large_file(folder: Path, kind: str, pages: int) -> Path:
    target = folder / f"large-{kind}.pdf"
    return text_pdf(target, pages, first=FIRST_PAGE) if kind == "text" else scan_pdf(target, pages, SCAN_DPI)


def _one_page(folder: Path, kind: str, number: int) -> Path:
    """Make an invoice of one page as a text PDF or as a scan (a JPEG), another one for each `number`."""
    content = as_pdf(Case(3 + number))
    target = folder / f"small-{kind}-{number}.{'pdf' if kind == 'text' else 'jpg'}"
    if kind == "text":
        target.write_bytes(content)
        return target
    document: Any = pymupdf.open(stream=content, filetype="pdf")
    target.write_bytes(document[0].get_pixmap(dpi=SCAN_DPI).tobytes("jpeg"))
    return target
