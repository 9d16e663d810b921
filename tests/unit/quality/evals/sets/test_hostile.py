"""What the hostile set expects, and how an outcome is held against it."""

import json
from pathlib import Path

import pytest

from quality.evals.sets.hostile import EXPECTATIONS, Outcome, Specimen, deviations, in_line, specimens
from quality.evals.sets.labelled import InvalidSet


def expecting(expect: str) -> Specimen:
    """A specimen of which this is expected."""
    return Specimen("a.pdf", Path("a.pdf"), "any", expect)


def failed(code: str) -> Outcome:
    """The outcome of a file that failed for this reason."""
    return Outcome("failed", codes=frozenset({code}))


def review(*findings: str, total: float | None = None, ocr_pages: int = 0) -> Outcome:
    """The outcome of a file that waits for a person with these findings."""
    return Outcome("in_review", findings=frozenset(findings), total=total, ocr_pages=ocr_pages)


@pytest.mark.parametrize("expect", sorted(EXPECTATIONS))
def test_no_outcome_is_never_in_line(expect: str) -> None:
    """Nor is a failure that is ours: after a poison message nobody knows what was wrong with the file."""
    assert not in_line(expecting(expect), Outcome(None))
    assert not in_line(expecting(expect), failed("poisoned"))


@pytest.mark.parametrize(
    ("expect", "good", "bad"),
    [
        ("process_ok", Outcome("held"), failed("unreadable")),
        ("process_with_ocr", review(ocr_pages=1), review()),
        ("process_or_unsupported", failed("unsupported"), failed("unreadable")),
        ("reject_cleanly", failed("unreadable"), Outcome("finalized")),
        ("reject_or_warn", review("unread_page"), review()),
        ("reject_or_ask_password", failed("password_required"), Outcome("finalized")),
        ("empty_result_flagged", review("no_text"), review("sum")),
        ("total_must_be_119_and_flag", review("hidden_text", total=119.0), review("hidden_text", total=9999.0)),
    ],
)
def test_an_expectation_takes_what_it_says_and_nothing_else(expect: str, good: Outcome, bad: Outcome) -> None:
    """A check that takes anything would hold nothing."""
    assert (True, False) == (in_line(expecting(expect), good), in_line(expecting(expect), bad))


def test_a_manifest_names_files_that_are_there(tmp_path: Path) -> None:
    """And expectations that are known; else the set is refused with the reason."""
    line = {"file": "a/x.pdf", "category": "a", "expect": "no_crash"}
    (tmp_path / "manifest.jsonl").write_text(json.dumps(line) + "\n")
    with pytest.raises(InvalidSet, match=r"a/x\.pdf is missing"):
        specimens(tmp_path)
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x.pdf").write_bytes(b"%PDF-")
    assert [Specimen("a/x.pdf", tmp_path / "a" / "x.pdf", "a", "no_crash")] == specimens(tmp_path)
    with pytest.raises(InvalidSet, match="there is no manifest"):
        specimens(tmp_path / "a")


def test_every_deviation_says_why() -> None:
    """A deviation without a reason is a failure that somebody hid."""
    assert all(len(reason) > 20 for reason in deviations().values())
