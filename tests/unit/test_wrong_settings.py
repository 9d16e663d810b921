"""Wrong settings are all reported at once, each with its variable, its value (never a secret's) and a remedy."""

import pytest

from local.settings import LocalSettings
from shared.environment import StorageSettings
from shared.setting_checks import find_setting_problems
from shared.setting_values import InvalidSettings, check_schedule
from shared.settings import Settings

WRONG = {
    "INTRAY_CONTAINERS": '[{"name": "HR"}]',
    "INTRAY_BLOB_SOURCE": "Polling",
    "INTRAY_SWEEP_SCHEDULE": "every minute",
    "INTRAY_RETENTION_SCHEDULE": "0 61 3 * * *",
    "INTRAY_RESULTS_CONTAINER": "My Results",
    "INTRAY_UNPACKED_CONTAINER": "a--b",
    "INTRAY_MODEL_ENDPOINT": "my-resource",
    "INTRAY_TOPIC_ENDPOINT": "https://",
    "INTRAY_OCR_ENDPOINT": "http://[::1",
    "INTRAY_KEY_VAULT_URL": "ftp://vault",
    "INTRAY_OCR_ENGINE": "tesseract",
    "INTRAY_OCR_THREADS": "many",
    "INTRAY_READER_PROCESSES": "1.5",
    "INTRAY_MAX_PAGES": "-1",
    "INTRAY_MODEL_SECONDS": "inf",
    "INTRAY_PAGE_SECONDS": "nan",
    "INTRAY_STALLED_SECONDS": "1e300",
    "INTRAY_RETENTION_DAYS": "999999999",
}


def report_of(model: type[Settings | StorageSettings | LocalSettings]) -> str:
    """Return what is said of the environment."""
    with pytest.raises(InvalidSettings) as raised:
        model()
    return str(raised.value)


def test_all_wrong_variables_are_reported_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """One line each: who corrects the first must not meet the second at the next start."""
    for name, value in WRONG.items():
        monkeypatch.setenv(name, value)
    lines = report_of(Settings).splitlines()
    assert set(WRONG) == {line.partition(" ")[0] for line in lines}
    for line in lines:
        name = line.partition(" ")[0]
        assert f"{name} is {WRONG[name]!r}: " in line
        assert "Set a value that fits, or unset it" in line


@pytest.mark.parametrize("name", ["INTRAY_OCR_THREADS", "INTRAY_SWEEP_SCHEDULE"])
def test_each_wrong_variable_is_reported_alone(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """The others are right then."""
    monkeypatch.setenv(name, WRONG[name])
    assert [name] == [line.partition(" ")[0] for line in report_of(Settings).splitlines()]


def test_credentials_in_an_address_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a password before the host nor a signature behind the question mark."""
    monkeypatch.setenv("AzureWebJobsStorage__blobServiceUri", "ftp://user:pass@host/path?sig=abc")
    report = report_of(StorageSettings)
    assert "AzureWebJobsStorage__blobServiceUri is 'ftp://host/path'" in report
    assert not {"user", "pass@", "abc"} & set(report.replace("/", " ").split())


def test_containers_must_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    """Results among the uploads would be read as documents."""
    monkeypatch.setenv("INTRAY_RESULTS_CONTAINER", "incoming")
    assert "INTRAY_RESULTS_CONTAINER" in report_of(Settings)


def test_settings_of_the_local_cloud_are_checked_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ports, numbers of workers, and the schedule that it sets itself."""
    monkeypatch.setenv("INTRAY_LOCAL_HOST_PORT", "99999")
    monkeypatch.setenv("INTRAY_LOCAL_WORKERS", "0")
    monkeypatch.setenv("INTRAY_SWEEP_SCHEDULE", "* * * * *")
    report = report_of(LocalSettings)
    assert all(name in report for name in ("INTRAY_LOCAL_HOST_PORT", "INTRAY_LOCAL_WORKERS", "INTRAY_SWEEP_SCHEDULE"))


@pytest.mark.parametrize(
    "schedule",
    [
        "0 * * * * *",
        "*/15 * * * * *",
        "0 30 3 * * *",
        "0 0 9-17 * * MON-FRI",
        "0 0 0 1,15 jan-mar *",
        "0  5/10 * * * 7",
    ],
)
def test_schedules_of_azure_functions_are_accepted(schedule: str) -> None:
    """Six fields, with steps, ranges, lists and names."""
    assert schedule.split() == check_schedule(schedule).split()


@pytest.mark.parametrize(
    "schedule", ["", "* * * * *", "60 * * * * *", "0 * * 0 * *", "0 * * * 13 *", "a * * * * *", "*/0 * * * * *",
                 "5-1 * * * * *", "0 * * * * MONDAY", "0 * * * * * *"]
)  # fmt: skip
def test_other_schedules_are_refused(schedule: str) -> None:
    """What the host would refuse, or read in another way."""
    with pytest.raises(ValueError, match=r"six fields|is not a"):
        check_schedule(schedule)


def test_uploads_are_apart_from_everything_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """Results in a container of uploads would be processed as documents."""
    monkeypatch.setenv("INTRAY_CONTAINERS", '[{"name": "incoming"}, {"name": "results"}]')
    assert "INTRAY_RESULTS_CONTAINER" in report_of(Settings)
    assert "INTRAY_CONTAINERS" in report_of(Settings)


def test_a_zone_without_deployments_is_told_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the first document of the container waits for one."""
    monkeypatch.setenv("INTRAY_CONTAINERS", '[{"name": "hr-forms", "data_zone": "eu"}]')
    (problem,) = [line for line in find_setting_problems(Settings()) if line.startswith("INTRAY_CONTAINERS")]
    assert "container hr-forms: no deployment" in problem
    assert "'eu' has the capability reasoning or vision" in problem
