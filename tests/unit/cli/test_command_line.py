"""The command line itself: quick help, clear ends."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic.fields import FieldInfo
from typer.testing import CliRunner

from cli.interrupt import INTERRUPTED, run
from cli.main import app
from local.cloud.addresses import CloudError
from local.cloud.options import APP
from local.settings import LocalSettings

HEAVY = {"azure", "aiohttp", "watchfiles", "pydantic", "psutil", "rich.live", "rich.progress"}


def test_help_loads_nothing_heavy() -> None:
    """Asking for help is answered at once: a command imports what it needs when it runs."""
    program = "import cli.main, sys; print('\\n'.join(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", program], cwd=APP, capture_output=True, text=True, check=True)
    assert set() == HEAVY & set(loaded.stdout.split())


async def _fail_in_a_group() -> int:
    async with asyncio.TaskGroup() as group:
        group.create_task(_fail())
    return 0


async def _fail() -> int:
    raise CloudError("The host ended 5 times within a minute.")


async def _interrupted() -> int:
    import os
    import signal

    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.Event().wait()
    return 0


async def _seven() -> int:
    return 7


@pytest.mark.parametrize("command", [_fail, _fail_in_a_group])
def test_a_cloud_error_is_a_sentence_and_not_a_trace(command: object, capsys: pytest.CaptureFixture[str]) -> None:
    """Also when it comes out of a group of tasks."""
    assert callable(command)
    assert 1 == run(command(), "Stopping.")
    assert "intray: The host ended 5 times within a minute.\n" == capsys.readouterr().err


def test_a_signal_ends_a_command_after_its_clean_up(capsys: pytest.CaptureFixture[str]) -> None:
    """It says that it stops; its exit code is its own to choose."""
    assert INTERRUPTED == run(_interrupted(), "Stopping.")
    assert "Stopping.\n" == capsys.readouterr().out
    assert 0 == run(_interrupted(), "Stopping.", stopped=0)


def test_a_command_that_ends_by_itself_gives_its_own_code() -> None:
    """What it returns is what the shell sees."""
    assert 7 == run(_seven(), "Stopping.")


def test_process_names_a_wrong_path_and_fails(tmp_path: Path) -> None:
    """A path that does not exist is an error of its own; without any file no cloud is started."""
    done = CliRunner().invoke(app, ["process", "missing.pdf", "--out", str(tmp_path / "out")])
    assert (1, "intray: missing.pdf: there is no such file\n") == (done.exit_code, done.stderr)


@pytest.mark.parametrize("arguments", [["drop", "x.pdf"], ["status"], ["show", "x.pdf"]])
def test_commands_for_a_running_cloud_say_that_none_is_running(arguments: list[str], tmp_path: Path) -> None:
    """Nobody has to guess why there is no answer."""
    done = CliRunner().invoke(app, [*arguments, "--state", str(tmp_path / "state")])
    assert (1, True) == (done.exit_code, "start one with `intray up`" in done.stderr)


def variable(name: str, field: FieldInfo) -> str:
    """The environment variable of a setting."""
    return str(field.validation_alias or f"INTRAY_LOCAL_{name}".upper())


def test_the_documentation_names_every_local_setting() -> None:
    """docs/cli.md is where a person looks for them."""
    text = (APP / "docs" / "cli.md").read_text(encoding="utf-8")
    names = [variable(name, field) for name, field in LocalSettings.model_fields.items()]
    assert [] == [name for name in names if f"`{name}`" not in text]
