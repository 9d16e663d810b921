"""A type that nobody coded for comes to a running system: no restart, and documents that waited for it go on."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from local.cloud.options import APP
from tests.e2e.documents import text_pdf
from tests.e2e.world import LIMIT, World, wait_until

pytestmark = pytest.mark.timeout(LIMIT)
TYPE = """
name: delivery_note
title: Delivery note
description: What came with a delivery of goods.
labels: [Delivery note, Delivery note no., Packages, Gross weight]
schema:
  type: object
  required: [note_number]
  properties:
    note_number: {type: string, x-kind: identifier, title: Note number, x-labels: [Delivery note no.]}
    delivered_on: {type: string, format: date, title: Delivered on, x-labels: [Delivered on]}
    load:
      type: object
      properties:
        packages: {type: number, title: Packages, x-labels: [Packages]}
rules:
  - {id: some, fields: [load.packages], expression: "load.packages > 0.0", message: There is no package.}
policy: {accept_at: 0.5}
"""


def _note(number: str) -> bytes:
    return text_pdf(["Delivery note", f"Delivery note no.: {number}", "Delivered on: 2026-03-09", "Packages: 3"])


def test_a_type_is_added_to_the_running_system(world: World, tmp_path: Path) -> None:
    """Within a minute of the upload the first document has its values, in the very processes that ran before."""
    waiting = world.upload("waits.pdf", _note("DN-2026-0"))
    assert ("held", "unknown_type") == (world.outcome(waiting).run.state, world.outcome(waiting).run.reasons[0].code)
    before = world.host_status()
    (tmp_path / "delivery_note").mkdir()
    (tmp_path / "delivery_note" / "type.yaml").write_text(TYPE)
    began = time.monotonic()
    command = [sys.executable, "-m", "cli.main", "types", "add", str(tmp_path / "delivery_note")]
    done = subprocess.run(
        [*command, "--state", str(world.addresses.state)], cwd=APP, capture_output=True, text=True, check=False
    )
    assert (0, "") == (done.returncode, done.stderr)
    document = world.upload("delivery_note/first.pdf", _note("DN-2026-1"))
    found = world.outcome(document)
    assert found.result is not None
    values = {name: field.value for name, field in found.result.fields.items()}
    assert {"note_number": "DN-2026-1", "delivered_on": "2026-03-09", "load.packages": 3.0} == values
    assert time.monotonic() - began < 60
    assert before["workers"] == world.host_status()["workers"]

    def revived() -> bool:
        detail = world.detail(waiting)
        return detail is not None and detail.run.document_type == "delivery_note" and detail.run.is_settled

    assert wait_until("the document that waited", revived)


def test_a_type_that_is_wrong_is_told_and_breaks_nothing(world: World) -> None:
    """The API names file, line and remedy; the types that were there are there."""
    world.upload_type("broken/type.yaml", b"name: broken\ntitle: Broken\nschema: 7\n")
    status, found = world.api("types")
    assert 200 == status
    problem = next(told for told in found["problems"] if "broken" in told["file"])
    assert ("document-types/broken/type.yaml", 3) == (problem["file"], problem["line"])
    assert {"invoice", "receipt", "contract"} < {kind["name"] for kind in found["types"]}
