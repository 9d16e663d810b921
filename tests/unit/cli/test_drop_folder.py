"""When a dropped file is taken for complete, and that it is uploaded once."""

import os
from pathlib import Path

import pytest

from cli.drop_folder import SETTLED_SECONDS, DropFolder, UploadRecord


class Clock:
    """Seconds, under the test's control."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Desk:
    """A drop folder with its memory and its clock."""

    def __init__(self, base: Path) -> None:
        self.base = base
        self.clock = Clock()
        (base / "drop").mkdir()
        self.restart()

    def restart(self) -> None:
        self.folder = DropFolder(self.base / "drop", UploadRecord(self.base / "uploaded.jsonl"), self.clock)

    def write(self, name: str, text: str, at: int = 1_000) -> None:
        path = self.base / "drop" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        os.utime(path, ns=(at, at))

    def look(self, later: float = 0.0) -> list[str]:
        """Look after so many seconds; the names of the files that have settled."""
        self.clock.now += later
        self.ready = self.folder.scan()
        return [str(source.relative) for source, _ in self.ready]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_a_file_is_ready_when_it_has_not_changed_for_a_second(desk: Desk) -> None:
    """A copy that is still being written is left alone: each change starts the second anew."""
    desk.write("a.pdf", "first")
    assert [] == desk.look()
    desk.write("a.pdf", "first and more", at=2_000)
    assert [] == desk.look(SETTLED_SECONDS)
    assert [] == desk.look(SETTLED_SECONDS / 2)
    assert ["a.pdf"] == desk.look(SETTLED_SECONDS / 2)


def test_an_uploaded_file_is_not_uploaded_again_by_a_restart(desk: Desk) -> None:
    """The original stays where it is; only a new version of it counts."""
    desk.write("invoice/a.pdf", "first")
    desk.look()
    assert ["invoice/a.pdf"] == desk.look(SETTLED_SECONDS)
    desk.folder.mark_uploaded(*desk.ready[0])
    assert [] == desk.look(SETTLED_SECONDS)
    desk.restart()
    assert [] == desk.look() + desk.look(SETTLED_SECONDS)
    desk.write("invoice/a.pdf", "second", at=3_000)
    assert ["invoice/a.pdf"] == desk.look() + desk.look(SETTLED_SECONDS)


def test_a_failed_upload_is_tried_again(desk: Desk) -> None:
    """Storage that is away for a moment loses no file."""
    desk.write("a.pdf", "first")
    desk.look()
    assert ["a.pdf"] == desk.look(SETTLED_SECONDS)
    assert ["a.pdf"] == desk.look()


def test_a_file_that_cannot_be_read_waits_for_its_next_version(desk: Desk) -> None:
    """It is complained about once, not every second."""
    desk.write("a.pdf", "first")
    desk.look()
    desk.look(SETTLED_SECONDS)
    desk.folder.refuse(*desk.ready[0])
    assert [] == desk.look(SETTLED_SECONDS)
    desk.write("a.pdf", "second", at=3_000)
    assert ["a.pdf"] == desk.look() + desk.look(SETTLED_SECONDS)


def test_a_file_that_is_taken_away_before_it_settles_is_forgotten(desk: Desk) -> None:
    """A program that moves its file on meant another place."""
    desk.write("a.pdf", "first")
    desk.look()
    (desk.base / "drop" / "a.pdf").unlink()
    assert [] == desk.look(SETTLED_SECONDS)
