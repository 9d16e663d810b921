"""`intray bench read`: what reading costs, beside what else a user could pick. CPU figures are medians, interleaved."""

import asyncio
import resource
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import batched
from pathlib import Path

import pymupdf

from quality.bench.rivals import RIVALS, Rival, installed_rivals, pymupdf_words
from quality.bench.stalls import watch
from quality.bench.subjects import scan_pdf, text_pdf
from quality.measure import Figure
from shared.adapters.isolation import ProcessPool
from shared.adapters.pdf import PyMuPDFReader
from shared.adapters.pdf.document import read_pages
from shared.domain.reading.ocr_need import Ceiling
from shared.ports.reading import SourceFile

MB = 1_000_000
MEMORY_BYTES = 2 << 30
SECONDS = 120.0
NO_PICTURE = Ceiling(0)
MODEL, OCR = Ceiling(1408, 1088 * 1408), Ceiling(2000)
PNG_DPI = 200


@dataclass(frozen=True)
class Scale:
    """How much is measured: pages of the two texts, of the scan, and per block that is measured at once."""

    text: int = 1000
    long_text: int = 5000
    scan: int = 285
    block: int = 50
    payloads: int = 8
    rounds: int = 5


@dataclass
class Findings:
    """The figures, and what was not measured, with the reason."""

    figures: list[Figure] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)


async def measure(folder: Path, scale: Scale, contracts: Path | None, tell: Callable[[str], None]) -> Findings:
    """Measure everything on files that are made in `folder`; `tell` hears what is under way."""
    found = Findings()
    tell("making the files")
    text = text_pdf(folder / "text.pdf", scale.text)
    long_text = text_pdf(folder / "long.pdf", scale.long_text)
    scan = scan_pdf(folder / "scan.pdf", scale.scan)
    tell(f"text of {scale.text} pages")
    found.figures += _text("text", [text], scale.block)
    files = sorted(contracts.glob("**/*.pdf")) if contracts else []
    if files:
        tell(f"{len(files)} contracts")
        found.figures += _text("contracts", files, scale.block)
    else:
        found.skipped["contracts"] = "no folder with PDFs: give one with --contracts"
    tell("other libraries")
    _beside(text, folder, scale.rounds, RIVALS, found)
    tell("pictures of scans")
    found.figures += _payload(scan, scale.payloads)
    tell("memory")
    peaks = [await _peak(path, pages) for path, pages in ((text, scale.text), (long_text, scale.long_text))]
    found.figures += _memory(peaks, scale)
    name = f"peak memory, scan of {scan.stat().st_size / MB:.0f} MB"
    found.figures.append(Figure(name=name, value=await _peak(scan, scale.scan), unit="MB", goal=500))
    tell("stalls, and two processes")
    found.figures += await _stalls(text, scale.text)
    found.figures += await _two_processes(text, scale)
    return found


def _text(name: str, files: Sequence[Path], block: int) -> list[Figure]:
    """CPU of lines with the boxes of their words, block by block beside bare PyMuPDF's words.

    Both open a file once, with its first block.
    """
    ours, bare = list[float](), list[float]()
    for path in files:
        began = time.process_time()
        with pymupdf.open(path) as document:
            opening = time.process_time() - began
            for pages in batched(range(1, document.page_count + 1), block, strict=False):
                bare.append((opening + _cpu(_words, document, pages)) / len(pages))
                ours.append(_cpu(read_pages, str(path), (), pages, NO_PICTURE, NO_PICTURE) / len(pages))
                opening = 0.0
    ratio = statistics.median(one / other for one, other in zip(ours, bare, strict=True))
    return [
        Figure(name=f"{name}: PyMuPDF words", value=_ms(bare), unit="ms/page"),
        Figure(name=f"{name}: our lines and boxes", value=_ms(ours), unit="ms/page"),
        Figure(name=f"{name}: ours to PyMuPDF", value=round(ratio, 2), unit="times", goal=1.3),
    ]


def _beside(text: Path, folder: Path, rounds: int, rivals: Sequence[Rival], found: Findings) -> None:
    """CPU of other libraries on the same ten pages, each round another ten."""
    at_hand = installed_rivals(rivals)
    for rival in rivals:
        if rival not in at_hand:
            found.skipped[rival.name] = "not installed: pip install 'intray[bench]'"
    times: dict[str, list[float]] = {"PyMuPDF words": [], "ours": [], **{rival.name: [] for rival in at_hand}}
    pages = tuple(range(1, 11))
    for start in range(rounds):
        part = _part(text, folder / f"part{start}.pdf", 10 * start)
        times["PyMuPDF words"].append(_cpu(pymupdf_words, part) / 10)
        times["ours"].append(_cpu(read_pages, str(part), (), pages, NO_PICTURE, NO_PICTURE) / 10)
        for rival in at_hand:
            times[rival.name].append(_cpu(rival.read, part) / 10)
    places = {rival.name: "words and places" if rival.places else "text only" for rival in at_hand}
    for name, taken in times.items():
        what = places.get(name, "words and places")
        found.figures.append(Figure(name=f"ten pages, {what}: {name}", value=_ms(taken), unit="ms/page"))


def _part(text: Path, target: Path, first: int) -> Path:
    """Ten pages of a file as a file."""
    with pymupdf.open(text) as source, pymupdf.open() as part:
        first = min(first, max(0, source.page_count - 10))
        part.insert_pdf(source, from_page=first, to_page=first + 9)
        part.save(target)
    return target


def _payload(scan: Path, pages: int) -> list[Figure]:
    """CPU and bytes of a scanned page's picture for a model, beside a PNG of the page at 200 dpi."""
    cheaper, smaller, ours, png = list[float](), list[float](), list[float](), list[float]()
    with pymupdf.open(scan) as document:
        for number in range(1, min(pages, document.page_count) + 1):
            png.append(_cpu(_png, document, number))
            ours.append(_cpu(_picture, scan, number))
            cheaper.append(png[-1] / ours[-1])
            smaller.append(len(_png(document, number)) / len(_picture(scan, number)))
    return [
        Figure(name="scan: page as PNG at 200 dpi", value=_ms(png), unit="ms/page"),
        Figure(name="scan: our picture for a model", value=_ms(ours), unit="ms/page"),
        Figure(name="scan: CPU, PNG to ours", value=_round_share(cheaper), unit="times", goal=15, better="higher"),
        Figure(name="scan: bytes, PNG to ours", value=_round_share(smaller), unit="times", goal=8, better="higher"),
    ]


def _words(document: pymupdf.Document, pages: Sequence[int]) -> list[object]:
    return [document[number - 1].get_text("words") for number in pages]


def _png(document: pymupdf.Document, number: int) -> bytes:
    data: bytes = document[number - 1].get_pixmap(dpi=PNG_DPI).tobytes("png")
    pymupdf.TOOLS.store_shrink(100)
    return data


def _picture(scan: Path, number: int) -> bytes:
    picture = read_pages(str(scan), (), (number,), MODEL, MODEL)[0].picture
    if picture is None:
        raise RuntimeError(f"page {number} of the scan has no picture")
    return picture.data


def _memory(peaks: Sequence[float], scale: Scale) -> list[Figure]:
    return [
        Figure(name=f"peak memory, {scale.text} pages", value=peaks[0], unit="MB", goal=250),
        Figure(name=f"peak memory, {scale.long_text} pages", value=peaks[1], unit="MB", goal=250),
        Figure(name="peak memory, long to short", value=round(peaks[1] / peaks[0], 2), unit="times", goal=1.2),
    ]


async def _peak(path: Path, pages: int) -> float:
    """Peak memory of the process that reads a file with pictures, in MB."""
    pool = ProcessPool(1, SECONDS, MEMORY_BYTES, ["pymupdf"])
    try:
        await _stream(PyMuPDFReader(pool), path, range(1, pages + 1))
        return round(await pool.run(_own_peak) / MB, 1)
    finally:
        pool.close()


async def _stream(reader: PyMuPDFReader, path: Path, numbers: Sequence[int]) -> None:
    async for source in reader.pages(SourceFile(path), numbers, MODEL, OCR):
        if source.page.problem:
            raise RuntimeError(f"page {source.page.number}: {source.page.problem}")


def _own_peak() -> int:
    """Return the most memory that this process had, in bytes; Linux tells it in KiB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


async def _stalls(text: Path, pages: int) -> list[Figure]:
    """Return how long the event loop is held up by us while pages with pictures come in."""
    pool = ProcessPool(1, SECONDS, MEMORY_BYTES, ["pymupdf"])
    try:
        reader = PyMuPDFReader(pool)
        await reader.count(SourceFile(text))
        stalls = await watch(_stream(reader, text, range(1, min(pages, 300) + 1)))
    finally:
        pool.close()
    return [
        Figure(name="event loop held up by reading, p99", value=round(stalls.own, 1), unit="ms", goal=10),
        Figure(name="event loop late for any reason, p99", value=round(stalls.any, 1), unit="ms"),
    ]


async def _two_processes(text: Path, scale: Scale) -> list[Figure]:
    """Return how much faster two processes read than one: the median of rounds that take turns.

    Beside it the same for processes that only read, and tell nobody: what the machine's cores give at best.
    """
    pools = [ProcessPool(size, SECONDS, MEMORY_BYTES, ["pymupdf"]) for size in (1, 2)]
    gains, most = list[float](), list[float]()
    try:
        for round_ in range(scale.rounds + 1):
            one, two = [await _wall(partial(_stream, PyMuPDFReader(pool), text), scale) for pool in pools]
            alone, both = [await _wall(partial(_forgotten, pool, text), scale) for pool in pools]
            if round_:  # the first one starts the processes
                gains.append(one / two)
                most.append(alone / both)
    finally:
        for pool in pools:
            pool.close()
    return [
        Figure(name="two processes to one", value=_round_share(gains), unit="times", goal=1.8, better="higher"),
        Figure(name="two processes to one, at best here", value=_round_share(most), unit="times"),
    ]


async def _wall(read: Callable[[range], Awaitable[None]], scale: Scale) -> float:
    """Seconds that four page ranges take, which are read at once."""
    began = time.monotonic()
    size = min(scale.block, scale.text // 4)
    await asyncio.gather(*(read(range(1 + size * index, 1 + size * (index + 1))) for index in range(4)))
    return time.monotonic() - began


async def _forgotten(pool: ProcessPool, text: Path, numbers: range) -> None:
    await pool.run(_read_only, str(text), numbers)


def _read_only(path: str, numbers: range) -> None:
    """Read pages with their pictures as the reader has them read, four at a time, and keep nothing."""
    for some in batched(numbers, 4, strict=False):
        read_pages(path, (), some, MODEL, OCR)


def _cpu[**P](work: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> float:
    """CPU seconds that `work` takes in this process."""
    began = time.process_time()
    work(*args, **kwargs)
    return time.process_time() - began


def _ms(seconds: Sequence[float]) -> float:
    return round(statistics.median(seconds) * 1000, 2)


def _round_share(ratios: Sequence[float]) -> float:
    return round(statistics.median(ratios), 2)
