"""The image holds the package, and the manifests of Kubernetes are those of the code. Neither was built or applied."""

import json
import re
from typing import Any

import yaml

from shared.domain.identity.permissions import OPEN_OPERATIONS
from shared.environment import StorageSettings, TelemetrySettings
from shared.settings import Settings
from tests.architecture.infra import code
from tests.architecture.infra.bicep import INFRA
from tests.architecture.tree import ROOT, files

AKS = INFRA / "aks"
PACKAGE = {"function_app.py", "functions", "shared", "host.json", "requirements.txt"}
READ_BY_EXPORTERS = {"APPLICATIONINSIGHTS_AUTHENTICATION_STRING", "APPLICATIONINSIGHTS_STATSBEAT_DISABLED_ALL"}
BY_DEPLOYMENT = {"AzureWebJobsStorage__accountName", "AzureWebJobsStorage__clientId", "AzureWebJobsStorage__credential"}


def dockerfile(instruction: str) -> list[str]:
    """The arguments of every instruction of a kind."""
    source = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    return re.findall(rf"^{instruction} +(.*)$", source, re.MULTILINE)


def manifests() -> dict[str, dict[str, Any]]:
    """The objects of the manifests, by kind."""
    documents = [yaml.safe_load_all((AKS / name).read_text(encoding="utf-8")) for name in ("app.yaml", "scaling.yaml")]
    return {found["kind"]: found for listed in documents for found in listed}


def container_settings() -> dict[str, str]:
    """The settings of the pods."""
    lines = (AKS / "settings.env").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines)


def pod() -> dict[str, Any]:
    """What a pod is."""
    spec: dict[str, Any] = manifests()["Deployment"]["spec"]["template"]["spec"]
    return spec


def test_the_image_holds_the_package_and_nothing_else() -> None:
    """What is copied is what .funcignore leaves, and the twins stay out."""
    copied = [part for line in dockerfile("COPY") for part in line.split()[:-1]]
    ignore = [line for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line[:1] != "#"]
    ignored = {line.strip("/") for line in (ROOT / ".funcignore").read_text(encoding="utf-8").splitlines()}
    tops = {name.split("/")[0] for name in files() if "/" in name or not name.endswith(".md")}
    assert PACKAGE == set(copied) == {line[1:] for line in ignore if line[0] == "!"} == tops - ignored
    assert ("*", ["shared/testing", "**/__pycache__"]) == (ignore[0], [line for line in ignore[1:] if line[0] != "!"])
    for line in dockerfile("COPY"):
        *sources, target = line.split()
        for source in set(sources) & {"functions", "shared"}:
            assert f"/home/site/wwwroot/{source}" == target


def test_the_image_has_the_python_of_the_project_and_the_locked_packages() -> None:
    """By their hashes, ready-made, as in the package."""
    (image,) = dockerfile("FROM")
    (version,) = re.findall(r'requires-python = ">=([\d.]+),', (ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert image.endswith(f"/azure-functions/python:4-python{version}")
    assert any("--require-hashes --only-binary :all:" in line for line in dockerfile("RUN"))


def test_nobody_is_root() -> None:
    """The image, the pod and the port agree on it."""
    (user,), (port,) = dockerfile("USER"), dockerfile("EXPOSE")
    context = pod()["securityContext"]
    assert (int(user), True) == (context["runAsUser"], context["runAsNonRoot"])
    (container,) = pod()["containers"]
    assert (False, ["ALL"]) == (
        container["securityContext"]["allowPrivilegeEscalation"],
        container["securityContext"]["capabilities"]["drop"],
    )
    (listening,) = re.findall(r"ASPNETCORE_URLS=http://\+:(\d+)", " ".join(dockerfile("ENV")))
    ports = {listening, port, str(container["ports"][0]["containerPort"])}
    ports |= {str(manifests()["Service"]["spec"]["ports"][0]["targetPort"])}
    ports |= {str(container[probe]["httpGet"]["port"]) for probe in ("startupProbe", "readinessProbe")}
    assert 1 == len(ports)
    assert 1024 < int(port)


def test_probes_ask_what_anybody_may_ask() -> None:
    """A probe has no token."""
    (container,) = pod()["containers"]
    paths = {container[probe]["httpGet"]["path"] for probe in ("startupProbe", "readinessProbe")}
    assert paths <= code.open_routes()
    assert OPEN_OPERATIONS


def test_pods_are_added_for_every_queue() -> None:
    """Those that functions listen to; what was given up needs no further pod. A pod takes as many as host.json says."""
    queues = {name for name in code.queues("queue") if not name.endswith("-poison")}
    triggers = manifests()["ScaledObject"]["spec"]["triggers"]
    assert queues == {trigger["metadata"]["queueName"] for trigger in triggers}
    options = json.loads((ROOT / "host.json").read_text(encoding="utf-8"))["extensions"]["queues"]
    at_once = options["batchSize"] + options["newBatchThreshold"]
    assert {("azure-queue", str(at_once))} == {
        (trigger["type"], trigger["metadata"]["queueLength"]) for trigger in triggers
    }
    assert 1 == manifests()["ScaledObject"]["spec"]["minReplicaCount"]
    names = {trigger["authenticationRef"]["name"] for trigger in triggers}
    assert {manifests()["TriggerAuthentication"]["metadata"]["name"]} == names


def test_settings_are_known_and_name_no_secret() -> None:
    """Uploads come by the queue, callers by tokens, and everything else by the identity."""
    own = {f"INTRAY_{name.upper()}" for name in Settings.model_fields}
    platform = (*StorageSettings.model_fields.values(), *TelemetrySettings.model_fields.values())
    given = container_settings()
    assert set() == set(given) - own - {str(field.validation_alias) for field in platform} - READ_BY_EXPORTERS
    assert BY_DEPLOYMENT <= set(given)
    assert ("queue", "workloadidentity") == (given["INTRAY_INTAKE"], given["AzureWebJobsStorage__credential"])
    assert "false" == given["INTRAY_ALLOW_KEYS"]
    assert {f"INTRAY_TOKEN_{part}" for part in ("ISSUER", "AUDIENCE", "KEYS_URL")} <= set(given)
    assert [] == [name for name in given if name.endswith("_KEY") or name == "AzureWebJobsStorage"]


def test_the_pod_is_the_identity() -> None:
    """The service account of the pod is the one that gets the id, and what is filled in has its place."""
    found, kustomization = manifests(), yaml.safe_load((AKS / "kustomization.yaml").read_text(encoding="utf-8"))
    assert pod()["serviceAccountName"] == found["ServiceAccount"]["metadata"]["name"]
    assert "true" == found["Deployment"]["spec"]["template"]["metadata"]["labels"]["azure.workload.identity/use"]
    filled = {
        (target["select"]["kind"], target["select"]["name"])
        for replacement in kustomization["replacements"]
        for target in replacement["targets"]
    }
    assert filled == {
        (kind, found[kind]["metadata"]["name"]) for kind in ("ServiceAccount", "TriggerAuthentication", "ScaledObject")
    }
    sources = {
        replacement["source"]["fieldPath"].removeprefix("data.") for replacement in kustomization["replacements"]
    }
    assert sources <= set(container_settings())
    left = (AKS / "app.yaml").read_text(encoding="utf-8") + (AKS / "scaling.yaml").read_text(encoding="utf-8")
    triggers = found["ScaledObject"]["spec"]["triggers"]
    assert left.count("from settings.env") == len(filled) - 1 + len(triggers)
    assert {image["name"] for image in kustomization["images"]} == {pod()["containers"][0]["image"]}
