"""The hook that deploys a container, run against a command line of Azure that only notes what it is asked."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.architecture.infra.bicep import INFRA, read
from tests.architecture.infra.hosts.deployed import options
from tests.architecture.tree import ROOT

HOOK = INFRA / "hooks" / "deploy-container.sh"
FAKE_AZ = """#!/bin/sh
echo "$@" >>"$CALLS"
case "$*" in
*authConfigs*) exit "$NO_SIGN_IN" ;;
*Microsoft.Insights*) echo InstrumentationKey=1 ;;
esac
"""
pytestmark = pytest.mark.skipif(shutil.which("jq") is None, reason="the hook needs jq, as infra/ci/smoke.sh does")


def run(folder: Path, host: str, *, signs_in: bool = False, **changed: object) -> tuple[list[str], int]:
    """Run the hook in a copy of infra; return what it asked of Azure, and its exit code."""
    tools = folder / "bin"
    tools.mkdir()
    (tools / "az").write_text(FAKE_AZ)
    (tools / "az").chmod(0o755)
    shutil.copytree(INFRA, folder / "infra")
    (folder / "calls").touch()
    environment = {
        **os.environ,
        **{f"AZURE_{name}": name.lower() for name in ("RESOURCE_GROUP", "REGISTRY_NAME", "STORAGE_ACCOUNT_NAME")},
        "AZURE_SYSTEM_TOPIC_NAME": "topic",
        "AZURE_FUNCTION_APP_NAME": "",
        "INTRAY_INTAKE": "queue",
        "INTRAY_RENAMES": "false",
        "INTRAY_CONTAINER_NAMES": '["incoming"]',
        "INTRAY_HOST": host,
        "INTRAY_CONTAINER": json.dumps(options(**changed)),
        "CALLS": str(folder / "calls"),
        "PATH": f"{tools}:{os.environ['PATH']}",
        "NO_SIGN_IN": "0" if signs_in else "3",
    }
    command = ["sh", str(folder / "infra" / "hooks" / HOOK.name)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30, check=False)
    return (folder / "calls").read_text().splitlines(), done.returncode


@pytest.mark.parametrize(
    ("client", "signs_in", "trusts"),
    [("", False, ["false"]), ("id", False, ["false", "true"]), ("id", True, ["true"])],
)
def test_the_platform_is_believed_once_sign_in_is_there(
    tmp_path: Path, client: str, signs_in: bool, trusts: list[str]
) -> None:
    """At no time does an app believe headers before sign-in stands in front of it: anybody could be anybody."""
    calls, code = run(tmp_path, "containerApps", signs_in=signs_in, clientId=client)
    assert 0 == code
    assert calls[0].startswith("acr build")
    assert "--registry registry_name --image intray:" in calls[0]
    deployed = [call for call in calls if "container-app.bicep" in call]
    assert trusts == [re.findall(r"trustSignIn=(\w+)", call)[0] for call in deployed]
    (tag,) = {re.findall(r"intray:(\d+)", call)[0] for call in [calls[0], *deployed]}
    assert 14 == len(tag)
    assert "events.bicep" in calls[-1]
    assert "intake=queue" in calls[-1]


def test_pods_get_settings_and_image(tmp_path: Path) -> None:
    """What kustomize reads is filled in, every value as the deployment gave it; no container app is deployed."""
    settings = {"INTRAY_CONTAINERS": '[{"name":"incoming"}]', "INTRAY_SOURCE_URL": ""}
    calls, code = run(tmp_path, "aks", settings=settings)
    assert (0, []) == (code, [call for call in calls if "container-app.bicep" in call])
    lines = (tmp_path / "infra" / "aks" / "settings.env").read_text().splitlines()
    written = dict(line.split("=", 1) for line in lines)
    assert {**settings, "APPLICATIONINSIGHTS_CONNECTION_STRING": "InstrumentationKey=1"} == written
    kustomization = yaml.safe_load((tmp_path / "infra" / "aks" / "kustomization.yaml").read_text())
    ((tag,),) = [re.findall(r"intray:(\d+)", calls[0])]
    assert [{"name": "intray", "newName": "crx.azurecr.io/intray", "newTag": tag}] == kustomization["images"]
    assert "events.bicep" in calls[-1]


def test_other_hosts_ask_nothing(tmp_path: Path) -> None:
    """A function app is deployed by azd itself."""
    assert ([], 0) == run(tmp_path, "functions")


def test_an_unknown_host_is_refused(tmp_path: Path) -> None:
    """A slip builds nothing."""
    assert ([], 2) == run(tmp_path, "kubernetes")


def test_azd_leaves_the_function_app_out() -> None:
    """The condition and the hooks name outputs of the deployment, and the hook runs once they are known."""
    azd = yaml.safe_load((ROOT / "azure.yaml").read_text(encoding="utf-8"))
    outputs = set(read("main.bicep").of_kind("output"))
    (named,) = re.findall(r"^\$\{(\w+)=true\}$", azd["services"]["app"]["condition"])
    assert named in outputs
    for hook in azd["hooks"]["postprovision"].values():
        script = (ROOT / hook["run"]).read_text(encoding="utf-8")
        assert set(re.findall(r"\$(?:env:|\{)?((?:AZURE|INTRAY)_\w+)", script)) <= outputs
        assert {"functions", "containerApps", "aks"} <= set(re.findall(r"\w+", script))
        params = set(read("container-app.bicep").of_kind("param"))
        assert {"container", "image", "trustSignIn"} <= params & set(re.findall(r"(\w+) *=", script))
