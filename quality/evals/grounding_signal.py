"""How well the grounding signal alone tells right values from wrong ones: answers of real models, by source.

    python -m quality.evals.grounding_signal ../shared/data/model_answers

Prints the AUROC of `grounded` per source: 1.0 when every right value is better grounded than every wrong one, 0.5 when
the signal says nothing. Each value is looked for in the text of the document's pages, so no citation of a model is
needed. Values that differ from their label in how much text was taken ("near") and partly right lists are left out.
"""

import argparse
import importlib.util
import json
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from shared.domain.judging.grounding.search import ground_on_pages
from shared.domain.reading.page import Line, Page, Word
from shared.domain.types.document_type import FieldType
from shared.domain.values.amounts import to_amount
from shared.domain.values.dates import find_dates

SOURCES = ("layie_fara", "german_directories", "longlistbench", "raw_samples")
LINE_SHARE = 0.5
"""Words whose middles lie closer than this share of their height stand on one line."""
WIDE_GAP = 2.0
"""A gap of so many heights between two words ends a line."""
MAX_DATE_CHARACTERS = 40

type Judge = Callable[[object, object], str | None]


class Judged(NamedTuple):
    """A value's grounding, and whether the value is right."""

    grounded: float
    is_right: bool


def main() -> None:
    """Print the AUROC of each source with its counts."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, help="the folder of model answers, with compare.py")
    parser.add_argument("--sources", nargs="*", default=SOURCES)
    options = parser.parse_args()
    judge = _load_judge(options.folder / "compare.py")
    for source in options.sources:
        folder = options.folder / source
        if not (folder / "answers.jsonl").exists():
            print(f"{source}: no answers.jsonl with labels; nothing to measure")
            continue
        judged = list(judge_source(folder, judge))
        right = [each.grounded for each in judged if each.is_right]
        wrong = [each.grounded for each in judged if not each.is_right]
        area = auroc(right, wrong)
        print(f"{source}: AUROC {area:.3f}, {len(right)} right, {len(wrong)} wrong", end="")
        print(f"; fully grounded: {_share(right)} of the right, {_share(wrong)} of the wrong")


def judge_source(folder: Path, judge: Judge) -> Iterator[Judged]:
    """Yield every value of a source that is clearly right or wrong, with its grounding."""
    documents = {each["document"]: each for each in _load(folder / "documents.jsonl")}
    labels = {each["document"]: each["fields"] for each in _load(folder / "labels.jsonl")}
    by_document: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for answer in _load(folder / "answers.jsonl"):
        by_document[answer["document"]].append(answer)
    for document, answers in by_document.items():
        pages = [
            to_page(number, page)
            for number, page in enumerate(documents[document]["pages"] or (), 1)
            if not _is_cover(page)
        ]
        if not any(page.lines for page in pages):
            continue
        values: dict[tuple[str, str], Judged] = {}
        signal = ground_on_pages(pages)
        for answer in answers:
            asked = labels[document] if answer["asked"] == "labels" else answer["asked"]
            for name in asked:
                value, label = answer["fields"].get(name), labels[document].get(name)
                verdict = judge(value, label)
                if verdict not in {"right", "wrong"} or isinstance(value, (list, dict)):
                    continue
                key = (name, json.dumps(value))
                if key not in values:
                    kind, normal = to_kind(value)
                    values[key] = Judged(signal(kind, normal), is_right=verdict == "right")
                yield values[key]


def to_kind(value: object) -> tuple[FieldType, str | Decimal | bool]:
    """Return a raw answer as a value of the kind that it has the form of."""
    if isinstance(value, bool):
        return "text", str(value)
    if isinstance(value, (int, float)):
        return "number", to_amount(value)
    text = str(value).strip()
    if re.fullmatch(r"-?\d+(\.\d+)?", text) and not re.fullmatch(r"0\d+", text):
        return "number", to_amount(Decimal(text))
    if len(text) <= MAX_DATE_CHARACTERS and re.fullmatch(r"\d{1,2}/\d{1,2}/\d{4}|\d{4}-\d{2}-\d{2}", text):
        return "date", _american_date(text)
    return "text", text


def to_page(number: int, page: Mapping[str, Any]) -> Page:
    """Return a page of words as lines, in the order in which the words are given."""
    words = [Word(str(text), (x0, y0, x1, y1)) for x0, y0, x1, y1, text in page["words"]]
    lines = [
        Line(id=f"p{number}.l{index}", words=tuple(group)) for index, group in enumerate(_group_into_lines(words), 1)
    ]
    return Page(number=number, width=page["width"], height=page["height"], unit="pt", source="text", lines=tuple(lines))


def auroc(right: Sequence[float], wrong: Sequence[float]) -> float:
    """Return the share of pairs in which the right value has more; equal ones count half. 0.5 without any pair."""
    if not right or not wrong:
        return 0.5
    ranked = sorted([(value, 1) for value in right] + [(value, 0) for value in wrong])
    below, wins = 0, 0.0
    for _, group in groupby(ranked, key=lambda item: item[0]):
        labels = [label for _, label in group]
        wins += sum(labels) * (below + (len(labels) - sum(labels)) / 2)
        below += len(labels) - sum(labels)
    return wins / (len(right) * len(wrong))


def _american_date(text: str) -> str:
    """Return a date as ISO; these sources are American, so the month of figures comes first."""
    from shared.domain.values.conventions import Conventions

    dates = find_dates(text, Conventions(day_first=False, date_certainty=1.0))
    return dates[0].value.isoformat() if dates else text


def _group_into_lines(words: Sequence[Word]) -> Iterator[list[Word]]:
    line: list[Word] = []
    for word in words:
        if line and not _goes_on(line[-1], word):
            yield line
            line = []
        line.append(word)
    if line:
        yield line


def _goes_on(last: Word, word: Word) -> bool:
    height = max(last.box[3] - last.box[1], 1)
    level = abs((last.box[1] + last.box[3]) - (word.box[1] + word.box[3])) / 2 < LINE_SHARE * height
    return level and -height < word.box[0] - last.box[2] < WIDE_GAP * height


def _is_cover(page: Mapping[str, Any]) -> bool:
    """Return whether a page is the archive's typed cover sheet, which gives the values away."""
    return [word[4] for word in page["words"][:2]] == ["Document", "Metadata"]


def _share(values: Sequence[float]) -> str:
    return f"{sum(value >= 1.0 for value in values) / len(values):.0%}" if values else "none"


def _load(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def _load_judge(path: Path) -> Judge:
    spec = importlib.util.spec_from_file_location("compare", path)
    if spec is None or spec.loader is None:
        sys.exit(f"{path} cannot be loaded")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    judge: Judge = module.judge
    return judge


if __name__ == "__main__":
    main()
