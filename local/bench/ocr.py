"""`intray bench ocr`: how much of what stands on scans the OCR engine finds, and what that costs."""

import re
import resource
import unicodedata
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from pathlib import Path

from evals.labelled import load
from local.bench.degraded import DEGRADATIONS, Scan, scans
from local.cli.measure import Figure
from shared.adapters.pillow_deskew import straightened
from shared.adapters.pillow_reader import PillowReader
from shared.adapters.process_pool import ProcessPool
from shared.bootstrap import recognizer
from shared.domain.reading import Ceiling
from shared.ports.reading import SourceFile, TextRecognizer
from shared.settings import InvalidSetting, Settings, storage_settings

OCR = Ceiling(2000)
SECONDS = 600.0
MAX_PIXELS = 150_000_000
MEMORY_GOAL = 700
RECALL_GOALS = {"receipts": 0.90, "clean 200 dpi": 0.98, "mild": 0.97, "hard": 0.70, "100 dpi": 0.97, "72 dpi": 0.95}
_MB = 1_000_000
_NOT_LETTERS = re.compile(r"[\W_]+")


async def measure(
    options: Settings, receipts: Path | None, samples: Path, limit: int | None, tell: Callable[[str], None]
) -> list[Figure]:
    """Read the scans of a labelled set (where there is one) and degraded `samples`, at most `limit` of each.

    The engine is that of the settings; what it costs is measured in its child, so only where it is the local one.
    Raises MissingSetting, InvalidSetting.
    """
    pool = ProcessPool(1, SECONDS)
    engine = recognizer(options, storage_settings(), pool)
    if engine is None:
        raise InvalidSetting("INTRAY_OCR_ENGINE is none: there is nothing to measure.")
    figures: list[Figure] = []
    try:
        if receipts is not None:
            tell("receipts")
            figures += await _set("receipts", [scan async for scan in _labelled(receipts, limit)], engine, pool)
        files = sorted(samples.glob("*.pdf"))
        for how in DEGRADATIONS:
            tell(how.name)
            figures += await _set(how.name, list(scans(files, how))[:limit], engine, pool)
        peak = (await pool.run(_used))[1]
        figures.append(Figure(name="peak memory of the engine", value=peak, unit="MB", goal=MEMORY_GOAL))
    finally:
        pool.close()
    return figures


async def _set(name: str, chosen: Sequence[Scan], engine: TextRecognizer, pool: ProcessPool) -> list[Figure]:
    found = wanted = 0
    before = (await pool.run(_used))[0]
    for scan in chosen:
        read = await engine.recognise(straightened(scan.picture), 1)
        hits, count = recall(scan.words, [word.text for line in read.lines for word in line.words])
        found, wanted = found + hits, wanted + count
    spent = (await pool.run(_used))[0] - before
    share, pages = found / max(wanted, 1), max(len(chosen), 1)
    return [
        Figure(name=f"word recall, {name}", value=round(share, 4), goal=RECALL_GOALS.get(name), better="higher"),
        Figure(name=f"CPU a page, {name}", value=round(spent / pages, 2), unit="s"),
    ]


async def _labelled(folder: Path, limit: int | None) -> AsyncIterator[Scan]:
    """The scans of a labelled set with the words of their labels, as the pipeline would hand them to the engine."""
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


def _used() -> tuple[float, float]:
    """CPU seconds of this process so far, and the most memory it has held, in MB."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime, round(usage.ru_maxrss * 1024 / _MB)
