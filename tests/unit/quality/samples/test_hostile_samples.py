"""The committed hostile samples are what the generator makes."""

from pathlib import Path

import pytest

from quality.evals.sets.hostile import EXPECTATIONS, MANIFEST
from quality.samples.hostile.__main__ import manifest_line
from quality.samples.hostile.case import HostileCase
from quality.samples.hostile.catalog import HOSTILE

COMMITTED = Path(__file__).resolve().parents[4] / "samples" / "hostile"
COMPRESSED = {"bomb.zip", "bomb.docx", "entities.docx", "bomb.png", "cut-off.png"}
"""Compressors may differ between builds, and a bomb takes long to make."""
PLAIN = [case for case in HOSTILE if case.file not in COMPRESSED]


def test_the_manifest_names_every_file() -> None:
    """One line a file, with an expectation that is known."""
    assert "".join(f"{manifest_line(case)}\n" for case in HOSTILE) == (COMMITTED / MANIFEST).read_text(encoding="utf-8")
    assert {case.file for case in HOSTILE} == {path.name for path in (COMMITTED / "files").iterdir()}
    assert {case.expect for case in HOSTILE} <= EXPECTATIONS.keys()


@pytest.mark.parametrize("case", PLAIN, ids=[case.file for case in PLAIN])
def test_a_hostile_sample_is_made_the_same_byte_for_byte(case: HostileCase) -> None:
    """What is committed is what the generator makes today, on any machine."""
    assert (COMMITTED / "files" / case.file).read_bytes() == case.make()
