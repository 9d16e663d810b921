"""The command line."""

import argparse
import json
from pathlib import Path

import pytest

from local.event_grid.__main__ import _config, main

SUBSCRIPTION = {"name": "sub-one", "topic": "storage", "endpointUrl": "http://127.0.0.1/"}


def test_options_add_to_the_file(tmp_path: Path) -> None:
    """Topics, containers and subscriptions of both are there; a poll time on the command line wins."""
    file = tmp_path / "grid.json"
    storage = {"containers": ["incoming"], "pollSeconds": 2}
    file.write_text(json.dumps({"topics": [{"name": "intray"}], "storage": storage, "handshakeSeconds": 1}))
    options = argparse.Namespace(
        config=file, watch=["work"], poll=0.1, topic=["other"], subscription=[json.dumps(SUBSCRIPTION)]
    )
    config = _config(options)
    assert ["intray", "other"] == [topic.name for topic in config.topics]
    assert (("incoming", "work"), 0.1) == (config.storage.containers, config.storage.poll_seconds)
    assert ["sub-one"] == [one.name for one in config.subscriptions]
    assert 1.0 == config.handshake_seconds


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--watch", "incoming"], "AzureWebJobsStorage is not set"),
        (["--subscription", "{"], "Expecting property name"),
        (["--subscription", json.dumps({**SUBSCRIPTION, "topic": "other"})], "there is no topic other"),
        (["--config", "missing.json"], "No such file"),
    ],
)
def test_a_wrong_command_line_says_what_is_wrong(
    arguments: list[str],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Exit code 2 and a sentence, before anything is started."""
    monkeypatch.delenv("AzureWebJobsStorage", raising=False)
    with pytest.raises(SystemExit) as ended:
        main(["--state", str(tmp_path / "state"), *arguments])
    assert 2 == ended.value.code
    assert message in capsys.readouterr().err
    assert not (tmp_path / "state").exists()
