"""`python -m quality.samples OUT_DIR`: write all samples, the awkward files, the bundles and the answers."""

import argparse
import json
from pathlib import Path

from quality.samples.catalog import SAMPLES, Sample
from quality.samples.files.awkward import awkward
from quality.samples.files.bundles import bundles
from quality.samples.pages import HARD_PAGES


def label(sample: Sample) -> str:
    """Return the line of labels.jsonl for a sample."""
    line = {
        "file": f"files/{sample.file}",
        "document_type": sample.document_type,
        "fields": sample.fields,
        "source": "python -m quality.samples",
        "licence": "MIT",
    }
    return json.dumps(line, ensure_ascii=False)


def write(folder: Path) -> None:
    """Write everything below a folder, over what is there."""
    for part in ("files", "awkward", "bundles", "pages"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    for sample in SAMPLES:
        (folder / "files" / sample.file).write_bytes(sample.make())
    for name, data in awkward().items():
        (folder / "awkward" / name).write_bytes(data)
    for name, data in bundles().items():
        (folder / "bundles" / name).write_bytes(data)
    for page in HARD_PAGES:
        file = folder / "pages" / page.file
        file.write_bytes(page.make())
        file.with_suffix(".txt").write_text("".join(f"{line}\n" for line in page.lines), encoding="utf-8")
    labels = "".join(f"{label(sample)}\n" for sample in SAMPLES)
    (folder / "labels.jsonl").write_text(labels, encoding="utf-8")


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m quality.samples", description=__doc__)
    parser.add_argument("folder", type=Path, help="where to write; `samples` is what is committed")
    folder: Path = parser.parse_args().folder
    write(folder)
    counts = (
        f"{len(SAMPLES)} samples, {len(awkward())} awkward files, {len(bundles())} bundles and {len(HARD_PAGES)} pages"
    )
    print(f"{counts} written to {folder}")


if __name__ == "__main__":
    main()
