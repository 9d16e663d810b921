"""The generator of the clean and the defective set writes labelled sets whose files are what their names say."""

import json
from pathlib import Path

import pymupdf
import pytest

from quality.evals.sets.labelled import load
from quality.samples.twins.__main__ import label, write_set
from quality.samples.twins.case import TwinCase
from quality.samples.twins.catalog import CLEAN, DEFECTIVE
from quality.samples.twins.files.content import ESTUARY, MONSOON
from quality.samples.twins.files.notation import GERMAN_DASH, GERMAN_WHOLE, INDIAN_LAKH
from quality.samples.twins.files.pdf import draw_twice, understate_page_count

COMMITTED = Path(__file__).resolve().parents[4] / "samples" / "twins"


@pytest.mark.parametrize("cases", [CLEAN, DEFECTIVE], ids=["clean", "defective"])
def test_a_set_is_labelled_and_complete(cases: tuple[TwinCase, ...], tmp_path: Path) -> None:
    """Each file is there once, with the answers of every document in it."""
    write_set(tmp_path, cases)
    documents = load(tmp_path)
    assert [f"files/{case.file}" for case in cases] == [document.file for document in documents]
    assert len(cases) == len({document.path.read_bytes() for document in documents})
    lines = [json.loads(line) for line in (tmp_path / "labels.jsonl").read_text().splitlines()]
    assert [len(case.answers) for case in cases] == [len(line.get("documents", [0])) for line in lines]


@pytest.mark.parametrize(("name", "cases"), [("clean", CLEAN), ("defective", DEFECTIVE)])
def test_the_committed_sets_have_the_labels_of_today(name: str, cases: tuple[TwinCase, ...]) -> None:
    """A case that is added or changed is written into samples/twins again."""
    committed = COMMITTED / name
    assert "".join(f"{label(case)}\n" for case in cases) == (committed / "labels.jsonl").read_text(encoding="utf-8")
    assert {case.file for case in cases} == {path.name for path in (committed / "files").iterdir()}


def test_amounts_are_printed_in_the_notation_of_their_case() -> None:
    """Groups of two digits in India; whole amounts without cents, or with a dash for them."""
    total = MONSOON.total
    assert ("2,96,652.00", "296.652", "296.652,-") == (
        INDIAN_LAKH.money(total),
        GERMAN_WHOLE.money(total),
        GERMAN_DASH.money(total),
    )


def test_a_statement_adds_up() -> None:
    """The last balance is the opening balance with all bookings."""
    assert ESTUARY.balances[-1] == ESTUARY.opening + sum(booking.amount for booking in ESTUARY.bookings)


def test_what_is_damaged_is_damaged() -> None:
    """A page that is drawn twice has every word twice, and a PDF of one page cannot understate its count."""
    with pymupdf.open() as document:
        document.new_page().insert_text((50, 50), "Anvil")
        pdf = bytes(document.tobytes())
    with pymupdf.open(stream=draw_twice(pdf), filetype="pdf") as doubled:
        assert doubled[0].get_text().count("Anvil") == 2
    with pytest.raises(ValueError, match="two pages"):
        understate_page_count(pdf)
