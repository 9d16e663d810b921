"""`intray bench ocr`: how much of what stands on scans the OCR engine finds, and what that costs."""

import re
import resource
import statistics
import unicodedata
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from quality.bench.degraded import DEGRADATIONS, Scan, scans
from quality.evals.sets.labelled import load
from quality.measure import Figure
from shared.adapters.images.deskew import straighten
from shared.adapters.images.reader import PillowReader
from shared.adapters.isolation import ProcessPool
from shared.adapters.pdf import PyMuPDFReader
from shared.bootstrap import recognizer
from shared.domain.reading.ocr_need import Ceiling
from shared.ports.reading import SourceFile, TextRecognizer
from shared.setting_values import InvalidSetting
from shared.settings import Settings, storage_settings

OCR = Ceiling(2000)
SECONDS = 600.0
MAX_PIXELS = 150_000_000
MEMORY_GOAL = 700
RECALL_GOALS = {"receipts": 0.90, "clean 200 dpi": 0.98, "mild": 0.97, "hard": 0.70, "100 dpi": 0.97, "72 dpi": 0.95}
_MB = 1_000_000
_NOT_LETTERS = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Subjects:
    """What is read: degraded `samples`, the scans of a labelled set, PDFs whose text nobody wrote down."""

    samples: Path
    receipts: Path | None = None
    scans: Path | None = None


async def measure(
    options: Settings, subjects: Subjects, limit: int | None, tell: Callable[[str], None]
) -> list[Figure]:
    """Read the subjects, at most `limit` of each kind.

    The engine is that of the settings; what it costs is measured in its child, so only where it is the local one.
    Raises MissingSetting, InvalidSetting.
    """
    pool = ProcessPool(1, SECONDS)
    engine = recognizer(options, storage_settings(), pool)
    if engine is None:
        raise InvalidSetting("INTRAY_OCR_ENGINE is none: there is nothing to measure.")
    figures: list[Figure] = []
    try:
        if subjects.receipts is not None:
            tell("receipts")
            chosen = [scan async for scan in _report_labelled(subjects.receipts, limit)]
            figures += await _set("receipts", chosen, engine, pool)
        if subjects.scans is not None:
            tell("scanned PDFs")
            figures += await _report_unlabelled(sorted(subjects.scans.glob("*.pdf"))[:limit], engine, pool)
        files = sorted(subjects.samples.glob("*.pdf"))
        for how in DEGRADATIONS:
            tell(how.name)
            figures += await _set(how.name, list(scans(files, how))[:limit], engine, pool)
        peak = (await pool.run(_resources_used))[1]
        figures.append(Figure(name="peak memory of the engine", value=peak, unit="MB", goal=MEMORY_GOAL))
    finally:
        pool.close()
    return figures


async def _set(name: str, chosen: Sequence[Scan], engine: TextRecognizer, pool: ProcessPool) -> list[Figure]:
    found = wanted = 0
    before = (await pool.run(_resources_used))[0]
    for scan in chosen:
        read = await engine.recognise(straighten(scan.picture), 1)
        hits, count = recall(scan.words, [word.text for line in read.lines for word in line.words])
        found, wanted = found + hits, wanted + count
    spent = (await pool.run(_resources_used))[0] - before
    share, pages = found / max(wanted, 1), max(len(chosen), 1)
    return [
        Figure(name=f"word recall, {name}", value=round(share, 4), goal=RECALL_GOALS.get(name), better="higher"),
        Figure(name=f"CPU a page, {name}", value=round(spent / pages, 2), unit="s"),
    ]


async def _report_unlabelled(files: Sequence[Path], engine: TextRecognizer, pool: ProcessPool) -> list[Figure]:
    """Return what the engine makes of the pages of PDFs that want OCR, where nobody wrote down what stands on them."""
    isolation = ProcessPool(1, SECONDS)
    reader, sure = PyMuPDFReader(isolation), list[float]()
    pages = silent = 0
    before = (await pool.run(_resources_used))[0]
    try:
        for path in files:
            file = SourceFile(path)
            async for source in reader.pages(file, range(1, await reader.count(file) + 1), OCR, OCR):
                if source.wants_ocr and source.picture is not None:
                    read = await engine.recognise(straighten(source.picture), source.page.number)
                    words = [word.certainty for line in read.lines for word in line.words]
                    pages, silent, sure = pages + 1, silent + (not words), sure + words
    finally:
        isolation.close()
    spent = (await pool.run(_resources_used))[0] - before
    return [
        Figure(name="scanned PDFs: pages", value=pages),
        Figure(name="scanned PDFs: pages without a word", value=silent),
        Figure(name="scanned PDFs: words a page", value=round(len(sure) / max(pages, 1))),
        Figure(name="scanned PDFs: certainty of a word", value=round(statistics.fmean(sure or [0.0]), 3)),
        Figure(name="scanned PDFs: CPU a page", value=round(spent / max(pages, 1), 2), unit="s"),
    ]


async def _report_labelled(folder: Path, limit: int | None) -> AsyncIterator[Scan]:
    """Yield the scans of a labelled set with the words of their labels, as the pipeline hands them to the engine."""
    pool = ProcessPool(1, SECONDS)
    reader = PillowReader(pool, MAX_PIXELS)
    try:
        for document in load(folder)[:limit]:
            words = tuple(word for value in document.fields.values() for word in str(value).split())
            async for source in reader.pages(SourceFile(document.path), [1], OCR, OCR):
                if source.picture is not None:
                    yield Scan(document.file, source.picture, words)
    finally:
        pool.close()


def recall(wanted: Iterable[str], read: Iterable[str]) -> tuple[int, int]:
    """How many of the `wanted` words were read, and how many there are: letters and digits only, whatever the case."""
    expected = Counter(word for word in map(_plain, wanted) if word)
    got = Counter(word for word in map(_plain, read) if word)
    return sum((expected & got).values()), sum(expected.values())


def _plain(word: str) -> str:
    return _NOT_LETTERS.sub("", unicodedata.normalize("NFKC", word)).casefold()


def _resources_used() -> tuple[float, float]:
    """CPU seconds of this process so far, and the most memory it has held, in MB."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime, round(usage.ru_maxrss * 1024 / _MB)
