"""The hostile set: files that break pipelines, each with what a good system does about it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from quality.evals.sets.labelled import InvalidSet

MANIFEST = "manifest.jsonl"
DEVIATIONS = Path(__file__).with_name("hostile_deviations.yaml")
_PROCESSED = frozenset({"finalized", "in_review", "held", "unpacked", "duplicate"})
_REFUSALS = frozenset({"empty", "no_pages", "password_required", "too_large", "too_slow", "unreadable", "unsupported"})
TOTAL_OF_HIDDEN_TEXT = 119.0
"""The total that such a document shows; its hidden text states another."""
_EMPTY = frozenset({"no_text", "unread_page"})


@dataclass(frozen=True)
class Specimen:
    """A file of the set: its name below the folder, where it is, its category, and what is expected of it."""

    file: str
    path: Path
    category: str
    expect: str


@dataclass(frozen=True)
class Outcome:
    """What came of a file.

    Attributes:
        state: of its Run; None when it came to no outcome.
        codes: of the reasons why it failed, is held or needs a person.
        findings: the rules of its findings.
        ocr_pages: pages whose text was recognised in a picture.
        total: the value of the field `total`, where there is one.
    """

    state: str | None
    codes: frozenset[str] = frozenset()
    findings: frozenset[str] = frozenset()
    ocr_pages: int = 0
    total: float | None = None

    @property
    def is_processed(self) -> bool:
        """Whether its pages (or members) were read and it went on."""
        return self.state in _PROCESSED

    @property
    def is_refused(self) -> bool:
        """Whether it failed for a reason that lies in the file, and that its sender is told."""
        return self.state == "failed" and bool(self.codes & _REFUSALS)

    @property
    def is_flagged(self) -> bool:
        """Whether a person is asked, with a finding that says what is odd."""
        return self.state == "in_review" and bool(self.findings)


def specimens(folder: Path) -> list[Specimen]:
    """Return the files of the set; raises InvalidSet when the folder has no manifest or a file is missing."""
    manifest = folder / MANIFEST
    if not manifest.is_file():
        message = f"{folder}: there is no {MANIFEST} in it"
        raise InvalidSet(message)
    entries = [json.loads(line) for line in manifest.read_text(encoding="utf-8").splitlines() if line.strip()]
    listed = [Specimen(entry["file"], folder / entry["file"], entry["category"], entry["expect"]) for entry in entries]
    for specimen in listed:
        if not specimen.path.is_file() or specimen.expect not in EXPECTATIONS:
            message = f"{manifest}: {specimen.file} is missing, or its expectation {specimen.expect!r} is unknown"
            raise InvalidSet(message)
    return listed


EXPECTATIONS: Mapping[str, Callable[[Outcome], bool]] = {
    "process_ok": lambda outcome: outcome.is_processed,
    "process_with_ocr": lambda outcome: outcome.is_processed and outcome.ocr_pages > 0,
    "process_or_warn": lambda outcome: outcome.is_processed,
    "process_or_unsupported": lambda outcome: outcome.is_processed or "unsupported" in outcome.codes,
    "process_or_reject": lambda outcome: outcome.is_processed or outcome.is_refused,
    "reject_cleanly": lambda outcome: outcome.is_refused,
    "reject_or_warn": lambda outcome: outcome.is_refused or outcome.is_flagged,
    "reject_or_ask_password": lambda outcome: outcome.is_refused,
    "reject_bounded_memory": lambda outcome: outcome.is_refused,
    "bounded_time": lambda outcome: outcome.is_processed or outcome.is_refused,
    "no_crash": lambda outcome: outcome.is_processed or outcome.is_refused,
    "empty_result_flagged": lambda outcome: outcome.is_flagged and bool(outcome.findings & _EMPTY),
    "total_must_be_119_and_flag": lambda outcome: (
        outcome.is_flagged and "hidden_text" in outcome.findings and outcome.total == TOTAL_OF_HIDDEN_TEXT
    ),
}
"""What each expectation of the manifest asks of an outcome."""


def in_line(specimen: Specimen, outcome: Outcome) -> bool:
    """Return whether the outcome is what the manifest expects."""
    return EXPECTATIONS[specimen.expect](outcome)


def deviations() -> dict[str, str]:
    """Files of which something else is right than the manifest expects by category, each with the reason."""
    reasons: dict[str, str] = yaml.safe_load(DEVIATIONS.read_text(encoding="utf-8")) or {}
    return reasons
