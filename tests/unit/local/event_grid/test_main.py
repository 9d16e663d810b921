"""The command line."""

from pathlib import Path

import pytest

from local.event_grid.__main__ import main


def test_watching_needs_a_storage_account(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2 and a sentence, before anything is started."""
    monkeypatch.delenv("AzureWebJobsStorage", raising=False)
    with pytest.raises(SystemExit) as ended:
        main(["--state", str(tmp_path / "state"), "--watch", "incoming"])
    assert 2 == ended.value.code
    assert "AzureWebJobsStorage is not set" in capsys.readouterr().err
    assert not (tmp_path / "state").exists()
