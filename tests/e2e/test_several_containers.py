"""Two containers with different rules: each file is processed under the rules of its own.

The comparison of containers and table leaves out files of the last 20 seconds, so that these arrive by their events.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from local.cloud.options import APP, CloudOptions
from local.settings import LocalSettings
from shared.domain.documents.document import UploadPolicy
from shared.domain.uploads.containers import UploadContainer
from tests.e2e.conftest import running_world
from tests.e2e.documents import invoice
from tests.e2e.world import LIMIT, World, wait_until

pytestmark = pytest.mark.timeout(LIMIT)
PLAIN = UploadContainer(name="incoming")
RULED = UploadContainer(name="purchase-ledger", type="invoice", retention_days=30, reviewer_group="ledger")


def test_each_container_has_its_rules(tmp_path: Path) -> None:
    """The same file in both: type, retention and group of one alone, and neither result nor tags mixed up."""
    settings = LocalSettings(containers=(PLAIN, RULED))
    with running_world(CloudOptions(tmp_path / "cloud", settings)) as world:
        file = tmp_path / "doubtful.pdf"
        file.write_bytes(invoice("TC-1", grand_total="120.00"))
        plain = world.upload(file.name, file.read_bytes())
        ruled = drop(world, file)
        assert ruled != plain
        for document, container in ((plain, PLAIN), (ruled, RULED)):
            detail = world.outcome(document)
            assert (container.name, container.policy) == (detail.document.container, detail.document.policy)
            assert ("in_review", "invoice") == (detail.run.state, detail.run.document_type)
            assert {f"/{container.name}"} == {event.source[-len(container.name) - 1 :] for event in detail.events}
            tags = world.tags(file.name, container.name)
            assert {"intray": "in_review", "intray_document": document} == tags
        assert UploadPolicy() == PLAIN.policy
        assert {None: {plain, ruled}, "ledger": {ruled}, "other": set()} == {
            group: cases(world, group) for group in (None, "ledger", "other")
        }


def drop(world: World, file: Path) -> str:
    """Drop a file into the container with rules by the command; the id of its Document."""
    command = [sys.executable, "-m", "cli.main", "drop", "--state", str(world.state)]
    wrong = subprocess.run(
        [*command, "--container", "nowhere", str(file)], cwd=APP, capture_output=True, text=True, check=False
    )
    assert 1 == wrong.returncode
    assert "There are: incoming, purchase-ledger" in wrong.stderr
    done = subprocess.run(
        [*command, "--container", RULED.name, str(file)], cwd=APP, capture_output=True, text=True, check=True
    )
    found, name = done.stdout.split()
    assert file.name == name
    return found


def cases(world: World, group: str | None) -> set[str]:
    """The documents of the open cases of a group, once all are open."""
    wait_until("both cases", lambda: 2 == len(world.api("reviews")[1]["items"]) or None)
    items = world.api("reviews" + (f"?group={group}" if group else ""))[1]["items"]
    return {case["document_id"] for case in items}
