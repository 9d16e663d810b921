"""What commands say and how they exit when they are used wrongly; no traceback reaches a user."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from cli.commands.status import Selection
from cli.main import app
from cli.output.reasons import describe_reason
from cli.states import read_state
from cli.times import read_time
from cli.types.types import check, find_name_problem
from local.settings import LocalSettings
from shared.domain.documents.document import Document
from shared.domain.documents.run import Reason, Run, State
from shared.domain.documents.waiting import Waiting
from shared.pipeline.operations.status import DocumentStatus

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
LABELS = {
    "INTRAY_MODEL_CATALOGUE": "no/such.yaml",
    "INTRAY_TYPE_FOLDERS": "no-such-folder",
    "INTRAY_PASSWORDS_FILE": "no-such-file",
}


def status(name: str, state: State = State.FINALIZED, hours: int = 0, waiting: Waiting | None = None) -> DocumentStatus:
    """Return a document that was received `hours` after NOW."""
    received = NOW + timedelta(hours=hours)
    document = Document(
        id=f"d{hours}", container="incoming", name=name, etag="1", size=1, uploaded=received, received=received
    )
    reasons = (Reason(code="a", message="First reason."), Reason(code="b", message="Second."))
    run = Run(document_id=document.id, updated=received, state=state, document_type="invoice", reasons=reasons)
    return DocumentStatus(document=document, run=run, waiting=waiting)


def test_every_command_takes_the_short_help_option() -> None:
    """Also those of groups."""
    for arguments in ([], ["up"], ["status"], ["types"], ["types", "check"], ["events", "replay"], ["bench", "read"]):
        done = CliRunner().invoke(app, [*arguments, "-h"])
        assert (0, True) == (done.exit_code, "Usage:" in done.stdout)


def test_the_version_is_printed() -> None:
    """One line, as packaging has it."""
    done = CliRunner().invoke(app, ["--version"])
    assert (0, True) == (done.exit_code, done.stdout.startswith("intray "))


@pytest.mark.parametrize("command", ["status", "replay"])
def test_a_state_that_does_not_exist_is_a_wrong_command_line(command: str) -> None:
    """The states are listed."""
    done = CliRunner().invoke(app, [command, "--state-is", "broken"])
    assert 2 == done.exit_code
    assert "finalized" in done.stderr
    assert done.exception is None or isinstance(done.exception, SystemExit)


def test_states_are_read_in_any_letter_case() -> None:
    """And with a hyphen."""
    assert State.IN_REVIEW is read_state("In-Review")
    assert read_state(None) is None


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2026-11-28", datetime(2026, 11, 28, tzinfo=UTC)),
        ("2026-11-28T09:00:00", datetime(2026, 11, 28, 9, tzinfo=UTC)),
        ("2026-11-28T09:00:00Z", datetime(2026, 11, 28, 9, tzinfo=UTC)),
        ("2026-11-28T10:00:00+01:00", datetime(2026, 11, 28, 9, tzinfo=UTC)),
        ("2026-11-28 09:00", datetime(2026, 11, 28, 9, tzinfo=UTC)),
    ],
)
def test_times_are_read_with_and_without_a_zone(text: str, time: datetime) -> None:
    """Without one they are UTC."""
    assert time == read_time(text)


def test_an_age_is_a_time() -> None:
    """Two hours ago."""
    assert abs(datetime.now(UTC) - timedelta(hours=2) - read_time("2h")) < timedelta(seconds=5)


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01", "9999999w", "0001-01-01"])
def test_other_texts_are_no_times(text: str) -> None:
    """The message shows how to write one."""
    with pytest.raises(typer.BadParameter, match="is not a time"):
        read_time(text)


def test_forget_needs_a_confirmation_where_nobody_can_be_asked() -> None:
    """A script says --yes."""
    done = CliRunner().invoke(app, ["forget", "d1"])
    assert (2, True) == (done.exit_code, "--yes" in done.stderr)


@pytest.mark.parametrize("command", [["up"], ["process", "a.txt", "--out", "out"]])
def test_wrong_settings_end_a_command_within_a_second(
    command: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """All of them are named, and nothing was started."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").write_text("a")
    for name, value in LABELS.items():
        monkeypatch.setenv(name, value)
    began = time.process_time()
    done = CliRunner().invoke(app, command)
    assert 1 == done.exit_code
    assert all(name in done.stderr and value in done.stderr for name, value in LABELS.items())
    assert "Traceback" not in done.stderr + done.stdout
    assert time.process_time() - began < 5


@pytest.mark.parametrize("command", [["up"], ["process", "a.txt", "--out", "out"]])
def test_wrong_values_end_a_command_with_a_sentence(
    command: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Where they are read by the local cloud or by the app."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").write_text("a")
    monkeypatch.setenv("INTRAY_LOCAL_HOST_PORT", "high")
    monkeypatch.setenv("INTRAY_SWEEP_SCHEDULE", "often")
    monkeypatch.setenv("INTRAY_OCR_THREADS", "many")
    done = CliRunner().invoke(app, command)
    assert (1, True) == (done.exit_code, "INTRAY_LOCAL_HOST_PORT is 'high'" in done.stderr)
    assert "INTRAY_SWEEP_SCHEDULE is 'often'" in done.stderr
    assert "INTRAY_OCR_THREADS is 'many'" in done.stderr


def test_a_path_that_cannot_be_written_is_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A file where a folder should be made; root may write everywhere else."""
    (tmp_path / "taken").write_text("a")
    done = CliRunner().invoke(app, ["up", "--state", str(tmp_path / "taken" / "state"), "--drop", str(tmp_path / "d")])
    assert (1, True) == (done.exit_code, "taken" in done.stderr)
    monkeypatch.setattr("cli.commands.process._is_writable", lambda _: False)
    (tmp_path / "a.txt").write_text("a")
    done = CliRunner().invoke(app, ["process", str(tmp_path / "a.txt"), "--out", str(tmp_path / "out")])
    assert (1, True) == (done.exit_code, "cannot be written" in done.stderr)


def test_a_selection_takes_what_fits_all_of_it() -> None:
    """The latest first, and how many more there are."""
    listed = [status("invoice/a.pdf"), status("b.png", State.HELD, 1), status("c.pdf", hours=2)]
    assert (["c.pdf", "b.png"], 1) == ([s.document.name for s in Selection(limit=2).select(listed)[0]], 1)
    assert 1 == Selection(limit=2).select(listed)[1]
    assert ["b.png"] == [s.document.name for s in Selection(state=State.HELD).select(listed)[0]]
    assert ["c.pdf", "invoice/a.pdf"] == [s.document.name for s in Selection(name="*.pdf").select(listed)[0]]
    assert ["invoice/a.pdf"] == [s.document.name for s in Selection(name="invoice/*").select(listed)[0]]
    assert ["c.pdf"] == [s.document.name for s in Selection(since=NOW + timedelta(hours=2)).select(listed)[0]]
    assert [] == Selection(document_type="receipt").select(listed)[0]


def test_the_reason_says_why_and_until_when() -> None:
    """A wait wins over reasons; a final document has none."""
    note = Waiting(stage="read", code="blocked", message="The model refuses.", since=NOW, until=NOW, deferrals=2)
    assert describe_reason(status("a", State.READING, waiting=note)).startswith("The model refuses; tried again ")
    assert "First reason. (and 1 more)" == describe_reason(status("a", State.HELD))
    assert not describe_reason(status("a"))


@pytest.mark.parametrize(
    "name", ["../x", "/tmp/x", "a/b", ".", "..", "a.b", "Invoice", "", " ", "x" * 60, "con", "nul", "com1", "samples"]
)
def test_a_name_that_is_no_types_name_is_refused(name: str, tmp_path: Path) -> None:
    """Nothing is written outside the folder, nor where an operating system has something else."""
    assert find_name_problem(name, tmp_path)
    sample = tmp_path / "sample.txt"
    sample.write_text("Invoice no. 1")
    done = CliRunner().invoke(app, ["types", "new", str(sample), "--name", name, "--out", str(tmp_path)])
    assert 1 == done.exit_code
    assert [sample] == list(tmp_path.iterdir())


def test_a_folder_that_differs_in_letter_case_is_in_the_way(tmp_path: Path) -> None:
    """On some systems it is the same folder; a link may lead elsewhere."""
    (tmp_path / "Order").mkdir()
    (tmp_path / "link").symlink_to("/")
    assert find_name_problem("order", tmp_path)
    assert find_name_problem("link", tmp_path)
    assert find_name_problem("note", tmp_path) is None


def test_all_problems_of_all_folders_are_reported_in_one_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Those of fields, rules and examples of one folder, and those of the next."""
    wrong = (
        "name: a\ntitle: A\nlabels: [1]\nschema: {type: object, properties: {total: {x-kind: coins}}}\n"
        "rules: [{id: r, expression: '(', message: m}]\npolicy: {sometimes: true}\n"
    )
    for name, text in (("a", wrong), ("b", "name: [\n")):
        (tmp_path / name / "examples").mkdir(parents=True)
        (tmp_path / name / "type.yaml").write_text(text)
    (tmp_path / "a" / "examples" / "one.yaml").write_text("? [a]\n: b\n")
    assert 1 == check([tmp_path])
    out = capsys.readouterr().out
    for words in ("coins", "labels", "sometimes", "a key is not a text", "b/type.yaml"):
        assert words in out


def test_local_settings_are_right_without_an_environment() -> None:
    """The defaults pass their own checks."""
    assert LocalSettings().workers
