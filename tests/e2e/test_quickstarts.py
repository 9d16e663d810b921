"""The commands of the tutorials, run as a reader runs them."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from local.cloud.options import APP
from tests.e2e.world import LIMIT, World

pytestmark = pytest.mark.timeout(2 * LIMIT)
TESTED = re.compile(r"^```bash test\n(.*?)^```$", re.MULTILINE | re.DOTALL)
type Follow = Callable[[str], str]


@pytest.fixture
def follow(world: World, tmp_path: Path) -> Follow:
    """Run the marked commands of a page beside a running cloud, in a folder that looks like the repository."""
    (tmp_path / ".venv").symlink_to(Path(sys.executable).parents[1])
    (tmp_path / "samples").symlink_to(APP / "samples")

    def run(page: str) -> str:
        script = "\n".join(["set -e", *TESTED.findall((APP / "docs" / page).read_text("utf-8"))])
        environment = {**os.environ, "INTRAY_LOCAL_STATE": str(world.state), "COLUMNS": "200"}
        done = subprocess.run(
            ["bash", "-c", script], cwd=tmp_path, env=environment, text=True, capture_output=True, check=False,
        )  # fmt: skip
        assert 0 == done.returncode, done.stdout + done.stderr
        return done.stdout

    return run


def test_local_quickstart_shows_the_fields_of_the_dropped_file(follow: Follow) -> None:
    """The reader sees the outcome and a value with the text it was read from."""
    output = follow("quickstart-local.md")
    assert re.search(r"^grand_total +866\.7 +0\.\d+ +1 +Gesamtbetrag / 866,70 EUR", output, re.MULTILINE)
    assert re.search(r"^  state +(finalized|in_review)$", output, re.MULTILINE)


def test_document_type_quickstart_ends_with_a_confirmed_result(follow: Follow, world: World) -> None:
    """The new type is accepted, asks for a person, and takes the person's value."""
    output = follow("quickstart-document-type.md")
    world.remove_type("delivery_note")  # other tests of the same cloud expect that no type fits such a note
    assert re.search(r"delivery_note/note\.txt  REVIEW .* has no threshold", output)
    assert re.search(r"^note_number +DN-2026-0117 ", output, re.MULTILINE)
    assert re.search(r"^weight +18\.6 +1\.00", output, re.MULTILINE)
    assert re.search(r"^  state +finalized$", output, re.MULTILINE)
