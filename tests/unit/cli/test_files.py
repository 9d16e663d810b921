"""Which files are meant, and what their blobs and reports are called."""

import os
from pathlib import Path, PurePosixPath

import pytest

from local.processing.files import Source, blob_names, clean, collect, is_wanted, list_files, output_names


def sources(*paths: str) -> list[Source]:
    return [Source(Path(path), PurePosixPath(Path(path).name)) for path in paths]


@pytest.mark.parametrize(
    "name", [".hidden.pdf", "a/.git/x.pdf", "~$report.pdf", "x.pdf.part", "x.CRDOWNLOAD", "x.tmp", "x.pdf~"]
)
def test_hidden_and_half_written_files_are_not_meant(name: str) -> None:
    """Browsers, editors and office programs leave such files while they write."""
    assert not is_wanted(PurePosixPath(name))


@pytest.mark.parametrize("name", ["x.pdf", "invoice/x.pdf", "März 🧾.pdf", "no ending", "x.tmp.pdf"])
def test_everything_else_is_meant(name: str) -> None:
    """What a file is, is decided by its content; here only its name counts."""
    assert is_wanted(PurePosixPath(name))


def test_a_folder_stands_for_all_files_below_it(tmp_path: Path) -> None:
    """Sub-folders keep their names, because the first one may name a document type."""
    for name in ("b.pdf", "invoice/a.pdf", "invoice/deep/c.pdf", ".hidden/d.pdf", "e.part"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert ["b.pdf", "invoice/a.pdf", "invoice/deep/c.pdf"] == [str(one.relative) for one in list_files(tmp_path)]


def test_a_wrong_path_is_told_and_the_others_are_taken(tmp_path: Path) -> None:
    """One typing mistake must not stop the rest; a file named twice is one file."""
    (tmp_path / "a.pdf").touch()
    (tmp_path / "empty").mkdir()
    found, problems = collect([tmp_path / "a.pdf", tmp_path / "b.pdf", tmp_path / "empty", tmp_path])
    assert [tmp_path / "a.pdf"] == [one.path for one in found]
    assert [f"{tmp_path}/b.pdf: there is no such file", f"{tmp_path}/empty: the folder holds no file"] == problems


def test_names_become_text_that_every_system_reads_alike() -> None:
    """A decomposed umlaut becomes the composed letter; a byte that is no text becomes a sign for it."""
    assert "Mu\u0308ll".encode() != "Müll".encode()
    assert PurePosixPath("Müll") == clean(Path("Mu\u0308ll"))
    assert PurePosixPath("a\N{REPLACEMENT CHARACTER}b") == clean(Path(os.fsdecode(b"a\xffb")))


def test_equal_names_get_distinct_blobs() -> None:
    """One upload must never overwrite another of the same command."""
    files = sources("a/x.pdf", "b/x.pdf", "b/y.pdf", "c/x.pdf")
    assert ["x.pdf", "files/2/x.pdf", "y.pdf", "files/3/x.pdf"] == blob_names(files, None)
    assert ["receipt/x.pdf", "receipt/2/x.pdf", "receipt/y.pdf", "receipt/3/x.pdf"] == blob_names(files, "receipt")


def test_a_report_is_named_for_the_stem_where_that_is_clear() -> None:
    """Else for the whole name, and by number where that is equal too; letter case makes no difference."""
    assert ["a.json", "b.json"] == output_names(sources("a.pdf", "b.jpg"))
    assert ["a.pdf.json", "A.jpg.json", "b.json"] == output_names(sources("a.pdf", "A.jpg", "b.jpg"))
    assert ["a.pdf.json", "a.pdf-2.json"] == output_names(sources("x/a.pdf", "y/a.pdf"))
    assert ["a.pdf.json", "a.jpg.json", "a.pdf-2.json"] == output_names(sources("a.pdf", "a.jpg", "a.pdf.tif"))
