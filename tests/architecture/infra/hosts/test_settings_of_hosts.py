"""Wherever the app runs it has the same settings, from one place, and what a host cannot do is refused."""

import json
from typing import Any, get_args

import pytest

from shared.environment import PlatformSettings
from shared.upload_settings import Intake
from tests.architecture.infra.bicep import INFRA, app_settings, host_settings, read
from tests.architecture.infra.evaluating import Refused, text
from tests.architecture.infra.hosts.deployed import container_app, options

HOSTS = ("functions", "containerApps", "aks")
BY_ADDRESS = {f"AzureWebJobsStorage__{name}" for name in ("blobServiceUri", "queueServiceUri", "tableServiceUri")}
OF_HOSTS = {
    "functions": BY_ADDRESS | {"AzureWebJobsStorage__credential", "OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID"},
    "containerApps": BY_ADDRESS | {"AzureWebJobsStorage__credential", "INTRAY_PLATFORM_SIGN_IN"},
    "aks": {"AzureWebJobsStorage__accountName", "AzureWebJobsStorage__credential"}
    | {f"INTRAY_TOKEN_{part}" for part in ("ISSUER", "AUDIENCE", "KEYS_URL")},
}
"""The settings in which hosts differ: how storage is reached, and who signs callers in."""
TELEMETRY = "APPLICATIONINSIGHTS_CONNECTION_STRING"


def settings_env() -> dict[str, str]:
    """The settings of the pods, as the repository has them."""
    lines = (INFRA / "aks" / "settings.env").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines)


def deployed_settings() -> dict[str, set[str]]:
    """The names of the settings that the app has in the end, by host."""
    (container,) = container_app()["properties"]["template"]["containers"]
    return {
        "functions": set(app_settings()),
        "containerApps": {setting["name"] for setting in container["env"]},
        "aks": set(settings_env()),
    }


def test_hosts_differ_in_what_they_must_only() -> None:
    """A setting that one host has and another lacks is listed here, or forgotten."""
    common = set(read("modules/app.bicep").value("settings"))
    assert {host: common | OF_HOSTS[host] | {TELEMETRY} for host in HOSTS} == deployed_settings()


def test_settings_have_the_same_values_on_every_host() -> None:
    """One object holds them; only what hosts differ in is added to it."""
    given = {"ocrEngine": "none", "retentionDays": 30, "containers": [{"name": "hr"}], "intake": "queue"}
    common = read("modules/app.bicep").value("settings", **given)
    for host in HOSTS:
        values = host_settings(host, **given)
        assert common == {name: value for name, value in values.items() if name in common}


def test_pods_verify_tokens_only_where_there_is_a_registration() -> None:
    """Half of the three settings would be refused at the start of the app."""
    for client in ("", "id"):
        values = host_settings("aks", clientId=client)
        assert {not client} == {values[f"INTRAY_TOKEN_{part}"] == "" for part in ("ISSUER", "AUDIENCE", "KEYS_URL")}


def test_nothing_but_the_second_deployment_trusts_the_platform() -> None:
    """The setting that believes a header comes with sign-in in front of the app, and in no other way."""
    markers = {str(field.validation_alias) for field in PlatformSettings.model_fields.values()}
    assert set() == (markers | {"INTRAY_PLATFORM_SIGN_IN"}) & {name for host in HOSTS for name in host_settings(host)}
    expected = {("", False): "false", ("", True): "false", ("id", False): "false", ("id", True): "true"}
    for (client, trust), value in expected.items():
        (container,) = container_app(clientId=client, trustSignIn=trust)["properties"]["template"]["containers"]
        assert [value] == [entry["value"] for entry in container["env"] if entry["name"] == "INTRAY_PLATFORM_SIGN_IN"]
    assert read("container-app.bicep").value("trustSignIn") is False


@pytest.mark.parametrize("intake", get_args(Intake))
@pytest.mark.parametrize("host", HOSTS)
def test_uploads_come_by_queue_where_there_is_no_webhook(host: str, intake: str) -> None:
    """`webhook` elsewhere is refused before anything is made, with what to set."""
    main = read("main.bicep")
    if host == "functions" or intake == "queue":
        assert intake == main.value("chosenIntake", host=host, intake=intake)
        return
    with pytest.raises(Refused, match="Set intake to queue"):
        main.value("chosenIntake", host=host, intake=intake)


def test_nothing_takes_the_intake_that_was_not_checked() -> None:
    """Only the check reads the parameter; modules, app and outputs get what passed it."""
    main = (INFRA / "main.bicep").read_text(encoding="utf-8")
    assert main.count("intake: chosenIntake") == 2
    assert "intake: intake" not in main
    assert "chosenIntake" == text(_value(read("main.bicep").of_kind("output")["INTRAY_INTAKE"]))


def test_function_keys_are_refused_where_nothing_keeps_them() -> None:
    """Each replica would make its own keys, and lose them."""
    main = read("main.bicep")
    allowed = {(host, keys) for host in HOSTS for keys in (True, False) if host == "functions" or not keys}
    assert all(main.value("chosenKeys", host=host, allowKeys=keys) is keys for host, keys in allowed)
    for host in ("containerApps", "aks"):
        with pytest.raises(Refused, match="Set allowKeys to false"):
            main.value("chosenKeys", host=host, allowKeys=True)
    assert "    allowKeys: chosenKeys\n" in (INFRA / "main.bicep").read_text(encoding="utf-8")


def _value(declaration: Any) -> Any:
    assert declaration.value is not None
    return declaration.value


@pytest.mark.parametrize(
    ("host", "made"),
    [
        ("functions", {"functions", "signIn"}),
        ("containerApps", {"registry", "containerEnvironment"}),
        ("aks", {"registry"}),
    ],
)
def test_a_host_makes_what_it_needs_and_nothing_else(host: str, made: set[str]) -> None:
    """No plan and no function app beside a container, and no registry beside a function app."""
    app = read("modules/app.bicep")
    modules = app.of_kind("module")
    assert made == {name for name in modules if app.bodies(name, host=host, clientId="id")}
    assert [] == app.bodies("signIn", host="functions", clientId="")


def test_the_second_deployment_is_given_what_it_asks_for() -> None:
    """The output of the first is its parameter; a key that nobody reads would be set in vain."""
    given = set(read("modules/app.bicep").value("containerOptions", host="containerApps"))
    hook = (INFRA / "hooks" / "deploy-container.sh").read_text(encoding="utf-8")
    template = (INFRA / "container-app.bicep").read_text(encoding="utf-8")
    asked = {name for name in given if f"container.{name}" in template or f".{name}" in hook}
    assert given == asked == set(options())
    assert json.dumps(options())
