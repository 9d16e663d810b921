"""Labelled sets are read whole, and what is wrong with one is said with its place."""

import json
from pathlib import Path

import pytest

from quality.evals.sets.labelled import ITEM, InvalidSet, load


def write_set(folder: Path, *lines: str) -> Path:
    (folder / "files").mkdir()
    (folder / "files" / "a.pdf").write_bytes(b"%PDF")
    (folder / "labels.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return folder


def test_a_set_is_read_in_the_order_of_its_labels(tmp_path: Path) -> None:
    """Each line is a document with its type, its answers and the place of its file; empty lines are none."""
    line = json.dumps({"file": "files/a.pdf", "document_type": "note", "fields": {"number": "7"}, "source": "me"})
    first, second = load(write_set(tmp_path, line, "", line))
    assert first == second
    assert ("files/a.pdf", tmp_path / "files/a.pdf", "note") == (first.file, first.path, first.document_type)
    assert {"number": "7"} == first.fields


def test_answers_take_the_form_that_is_scored(tmp_path: Path) -> None:
    """A blank text states no value; single values in a list are rows of one column, and in a cell they are one text."""
    rows = [{"what": " ", "kinds": ["a", "b"], "parts": [{"x": 1}], "price": {"amount": 2}}]
    fields = {"number": "", "boxes": ["x", None], "rows": rows, "to": {"name": "Ann", "of": {}}}
    line = json.dumps({"file": "files/a.pdf", "document_type": "note", "fields": fields})
    [found] = load(write_set(tmp_path, line))
    assert {
        "number": None,
        "boxes": [{ITEM: "x"}, {ITEM: None}],
        "rows": [{"what": None, "kinds": "a, b", "price.amount": 2}],
        "to.name": "Ann",
    } == found.fields


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "labels.jsonl:2: needs JSON"),
        ('{"file": "files/a.pdf", "fields": {}}', "labels.jsonl:2: needs JSON .*document_type"),
        ('{"file": "files/a.pdf", "document_type": "note", "fields": []}', "labels.jsonl:2: `fields` is no object"),
        (
            '{"file": "files/b.pdf", "document_type": "note", "fields": {}}',
            "labels.jsonl:2: there is no file files/b.p",
        ),
        ("", "it names no document"),
    ],
)
def test_a_broken_set_is_refused_with_its_place(tmp_path: Path, line: str, said: str) -> None:
    """A set that is scored in part would look better than it is."""
    with pytest.raises(InvalidSet, match=said):
        load(write_set(tmp_path, "", line))


def test_a_folder_without_labels_is_no_set(tmp_path: Path) -> None:
    """The message names the file that is missing."""
    with pytest.raises(InvalidSet, match=r"there is no labels\.jsonl"):
        load(tmp_path)
