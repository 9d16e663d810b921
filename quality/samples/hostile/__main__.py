"""`python -m quality.samples.hostile OUT_DIR`: write the hostile files and their manifest."""

import argparse
import json
from pathlib import Path

from quality.evals.sets.hostile import MANIFEST
from quality.samples.hostile.case import HostileCase
from quality.samples.hostile.catalog import HOSTILE


def manifest_line(case: HostileCase) -> str:
    """Return the line of the manifest for a file."""
    line = {
        "file": f"files/{case.file}",
        "category": case.category,
        "expect": case.expect,
        "source": "python -m quality.samples.hostile",
        "licence": "MIT",
    }
    return json.dumps(line)


def write_set(folder: Path) -> None:
    """Write the files and the manifest, over what is there."""
    (folder / "files").mkdir(parents=True, exist_ok=True)
    for case in HOSTILE:
        (folder / "files" / case.file).write_bytes(case.make())
    (folder / MANIFEST).write_text("".join(f"{manifest_line(case)}\n" for case in HOSTILE), encoding="utf-8")


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m quality.samples.hostile", description=__doc__)
    parser.add_argument("folder", type=Path, help="where to write; `samples/hostile` is what is committed")
    folder: Path = parser.parse_args().folder
    write_set(folder)
    print(f"{len(HOSTILE)} hostile files written to {folder}")


if __name__ == "__main__":
    main()
