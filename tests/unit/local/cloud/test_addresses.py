"""How commands find a running cloud, and how a second one is kept off its folder."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from local.cloud.addresses import Addresses, CloudError, claim_state_folder, find, left_behind

ADDRESSES = Addresses(
    pid=4711, started=datetime(2026, 11, 22, tzinfo=UTC), state=Path("state"), storage="UseDevelopmentStorage=true",
    api="http://127.0.0.1:7071/api", api_key="k", admin_key="a", topic="t", topic_key="tk", event_grid="e",
    subscriber="s", models="m", pids={"host": 4712},
)  # fmt: skip


@pytest.fixture
def addresses(tmp_path: Path) -> Addresses:
    return ADDRESSES.model_copy(update={"state": tmp_path / "state"})


def test_a_running_cloud_is_found_from_its_folder_and_below(
    addresses: Addresses, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`intray status` works in a sub-folder of where `intray up` runs."""
    (tmp_path / "deep" / "er").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "deep" / "er")
    with claim_state_folder(addresses.state):
        addresses.write()
        assert addresses == find(Path("state")) == find(addresses.state)


def test_only_the_owner_can_read_the_keys(addresses: Addresses) -> None:
    """The file holds the key of the review API."""
    with claim_state_folder(addresses.state):
        addresses.write()
        assert 0o600 == (addresses.state / "cloud.json").stat().st_mode & 0o777


def test_what_a_dead_cloud_left_is_not_taken_for_a_running_one(addresses: Addresses) -> None:
    """A crash leaves the file but not the lock; the next start sees what was left."""
    addresses.state.mkdir()
    addresses.write()
    with pytest.raises(CloudError, match="start one with `intray up`"):
        find(addresses.state)
    with claim_state_folder(addresses.state):
        assert addresses == left_behind(addresses.state)


def test_a_second_cloud_on_the_same_folder_is_refused(addresses: Addresses) -> None:
    """Two storage emulators on the same files would destroy them; the message says who is there and what to do."""
    with claim_state_folder(addresses.state):
        addresses.write()
        with pytest.raises(CloudError, match=r"process 4711.*Ctrl-C.*--state"), claim_state_folder(addresses.state):
            pass
    with claim_state_folder(addresses.state):
        assert left_behind(addresses.state) is None


def test_the_host_is_the_api_without_its_prefix() -> None:
    """Webhooks and the admin address stand beside the API."""
    assert "http://127.0.0.1:7071" == ADDRESSES.host
