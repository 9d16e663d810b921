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
    def processed(self) -> bool:
        """Whether its pages (or members) were read and it went on."""
        return self.state in _PROCESSED

    @property
    def refused(self) -> bool:
        """Whether it failed for a reason that lies in the file, and that its sender is told."""
        return self.state == "failed" and bool(self.codes & _REFUSALS)

    @property
    def flagged(self) -> bool:
        """Whether a person is asked, with a finding that says what is odd."""
        return self.state == "in_review" and bool(self.findings)


def specimens(folder: Path) -> list[Specimen]:
    """Return the files of the set; raises InvalidSet when the folder has no manifest or a file is missing."""
    manifest = folder / MANIFEST
    if not manifest.is_file():
        message = f"{folder}: there is no {MANIFEST} in it"
        raise InvalidSet(message)
    entries = [json.loads(line) for line in manifest.read_text(encoding="utf-8").splitlines() if line.strip()]
    found = [Specimen(one["file"], folder / one["file"], one["category"], one["expect"]) for one in entries]
    for one in found:
        if not one.path.is_file() or one.expect not in EXPECTATIONS:
            message = f"{manifest}: {one.file} is missing, or its expectation {one.expect!r} is unknown"
            raise InvalidSet(message)
    return found


EXPECTATIONS: Mapping[str, Callable[[Outcome], bool]] = {
    "process_ok": lambda one: one.processed,
    "process_with_ocr": lambda one: one.processed and one.ocr_pages > 0,
    "process_or_warn": lambda one: one.processed,
    "process_or_unsupported": lambda one: one.processed or "unsupported" in one.codes,
    "process_or_reject": lambda one: one.processed or one.refused,
    "reject_cleanly": lambda one: one.refused,
    "reject_or_warn": lambda one: one.refused or one.flagged,
    "reject_or_ask_password": lambda one: one.refused,
    "reject_bounded_memory": lambda one: one.refused,
    "bounded_time": lambda one: one.processed or one.refused,
    "no_crash": lambda one: one.processed or one.refused,
    "empty_result_flagged": lambda one: one.flagged and bool(one.findings & _EMPTY),
    "total_must_be_119_and_flag": lambda one: one.flagged and "hidden_text" in one.findings and one.total == 119.0,  # noqa: PLR2004 - as its manifest says
}
"""What each expectation of the manifest asks of an outcome."""


def in_line(specimen: Specimen, outcome: Outcome) -> bool:
    """Return whether the outcome is what the manifest expects."""
    return EXPECTATIONS[specimen.expect](outcome)


def deviations() -> dict[str, str]:
    """Files of which something else is right than the manifest expects by category, each with the reason."""
    known: dict[str, str] = yaml.safe_load(DEVIATIONS.read_text(encoding="utf-8")) or {}
    return known
