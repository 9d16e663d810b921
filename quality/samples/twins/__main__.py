"""`python -m quality.samples.twins OUT_DIR`: write the clean and the defective set, each with its answers."""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from quality.samples.twins.case import TwinCase
from quality.samples.twins.catalog import CLEAN, DEFECTIVE


def label(case: TwinCase) -> str:
    """Return the line of labels.jsonl; of a file that holds documents, their answers stand in `documents`."""
    answers = {"fields": {}, "documents": case.answers} if case.unpacked else {"fields": case.answers[0]}
    line = {
        "file": f"files/{case.file}",
        "document_type": case.document_type,
        **answers,
        "topic": case.topic,
        "source": "python -m quality.samples.twins",
        "licence": "MIT",
    }
    return json.dumps(line, ensure_ascii=False)


def write_set(folder: Path, cases: Sequence[TwinCase]) -> None:
    """Write the files of a set and its labels, over what is there."""
    (folder / "files").mkdir(parents=True, exist_ok=True)
    for case in cases:
        (folder / "files" / case.file).write_bytes(case.make())
    (folder / "labels.jsonl").write_text("".join(f"{label(case)}\n" for case in cases), encoding="utf-8")


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m quality.samples.twins", description=__doc__)
    parser.add_argument("folder", type=Path, help="where to write")
    folder: Path = parser.parse_args().folder
    write_set(folder / "clean", CLEAN)
    write_set(folder / "defective", DEFECTIVE)
    print(f"{len(CLEAN)} clean and {len(DEFECTIVE)} defective files written to {folder}")


if __name__ == "__main__":
    main()
