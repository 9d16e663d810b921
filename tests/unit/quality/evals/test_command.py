"""`intray eval`: what it says of sets that it cannot process, and where it puts documents."""

import json
from pathlib import Path

from typer.testing import CliRunner

from cli.commands.eval import _items
from cli.main import app
from quality.evals.sets.labelled import Labelled


def write_set(folder: Path, document_type: str) -> Path:
    (folder / "a.pdf").write_bytes(b"%PDF")
    line = {"file": "a.pdf", "document_type": document_type, "fields": {}}
    (folder / "labels.jsonl").write_text(json.dumps(line), encoding="utf-8")
    return folder


def test_a_folder_without_labels_is_refused(tmp_path: Path) -> None:
    """The message says what is missing, and no cloud is started."""
    done = CliRunner().invoke(app, ["eval", str(tmp_path)])
    assert (1, f"intray: {tmp_path}: there is no labels.jsonl in it\n") == (done.exit_code, done.stderr)


def test_documents_without_a_labelled_field_are_skipped_with_their_reason(tmp_path: Path) -> None:
    """No type can be drafted for them; without any other document no cloud is started, and that is no failure."""
    out = tmp_path / "out" / "eval.json"
    done = CliRunner().invoke(app, ["eval", str(write_set(tmp_path, "passport")), "--json", str(out), "--check"])
    told = json.loads(out.read_text(encoding="utf-8"))
    assert (0, 0, []) == (done.exit_code, told["documents"], told["drafted"])
    assert [{"file": "a.pdf", "reason": "No field of the type 'passport' is labelled."}] == told["skipped"]
    assert "skipped 1: No field of the type 'passport' is labelled." in done.stdout
    assert ("eval", ["documents"]) == (told["command"], [one["name"] for one in told["figures"]])
    assert "" == (out.parent / "predictions.jsonl").read_text(encoding="utf-8")


def test_a_document_of_a_drafted_type_goes_into_the_folder_of_its_name(tmp_path: Path) -> None:
    """The set's own word for it may be no name of a type."""
    [item] = _items([Labelled("a.pdf", tmp_path / "a.pdf", "Tax Form", {})], tmp_path, {"Tax Form": "tax_form"},
                    classify=False).values()  # fmt: skip
    assert "tax_form/a.pdf" == item.blob


def test_a_document_goes_into_the_folder_of_its_type(tmp_path: Path) -> None:
    """Unless the type is to be found out; equal names stay apart in either case."""
    documents = [
        Labelled(f"{folder}/a.pdf", tmp_path / folder / "a.pdf", kind, {})
        for folder, kind in (("x", "invoice"), ("y", "invoice"), ("z", "receipt"))
    ]
    told = _items(documents, tmp_path, {}, classify=False)
    assert {"x/a.pdf": "invoice/a.pdf", "y/a.pdf": "invoice/2/a.pdf", "z/a.pdf": "receipt/a.pdf"} == {
        file: item.blob for file, item in told.items()
    }
    found_out = _items(documents, tmp_path, {}, classify=True)
    assert ["a.pdf", "files/2/a.pdf", "files/3/a.pdf"] == [item.blob for item in found_out.values()]
    assert 3 == len({item.output for item in told.values()})
