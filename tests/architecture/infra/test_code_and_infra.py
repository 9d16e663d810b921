"""Code and infra agree, in both directions: settings, storage, functions, events, roles and routes."""

import json
import re
import subprocess
import tomllib
from collections.abc import Sequence
from typing import get_args

import pytest
import yaml

from local.cloud import storage as local_storage
from local.cloud.subscriptions import blob_subscription, queue_subscription, rename_subscription
from shared.domain.uploads.containers import DEFAULT_CONTAINER, UploadContainer, read_containers
from shared.environment import StorageSettings, TelemetrySettings
from shared.pipeline.intake.upload_events import FINISHED_UPLOADS, RENAMES, UPLOAD_EVENTS
from shared.pipeline.store.artifacts import POISON
from shared.pipeline.store.context import WORK
from shared.setting_checks import find_missing_settings
from shared.settings import Settings
from shared.upload_settings import Intake
from tests.architecture.infra import code
from tests.architecture.infra.bicep import INFRA, Body, app_settings, host_settings, read
from tests.architecture.tree import ROOT, files

PREFIX = "INTRAY_"
INCOMING = UploadContainer(name=DEFAULT_CONTAINER)
LEFT_UNSET = {
    "model_key": "the identity is used",
    "topic_key": "the identity is used",
    "ocr_key": "the identity is used",
    "passwords_file": "passwords are in Key Vault",
    "token_issuer": "the platform signs callers in",
    "token_keys_url": "the platform signs callers in",
    "backfill_since": "set by an operator, once, for files that were there before the app",
}
PLATFORM_SETTINGS = {
    "APPLICATIONINSIGHTS_AUTHENTICATION_STRING",
    "APPLICATIONINSIGHTS_STATSBEAT_DISABLED_ALL",
    "OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID",
}
CLIENT_ROLES = {
    "azure.storage.blob": "storageBlobDataOwner",
    "azure.storage.queue": "storageQueueDataContributor",
    "azure.data.tables": "storageTableDataContributor",
    "azure.eventgrid": "eventGridDataSender",
    "azure.keyvault.secrets": "keyVaultSecretsUser",
    "azure.ai.documentintelligence": "cognitiveServicesUser",
    "openai": "openAiUser",
}
TELEMETRY_ROLE = "monitoringMetricsPublisher"
OTHER_PEOPLE = {"blobDataContributor": "those who drop files"}


def storage_content(name: str, intake: str = "webhook", uploads: Sequence[str] = (DEFAULT_CONTAINER,)) -> set[str]:
    """A list of names of containers.bicep."""
    return set(
        read("modules/containers.bicep").value(name, intake=intake, uploads=[{"name": upload} for upload in uploads])
    )


def deployed_filter(module: str, subscription: str, **given: object) -> Body:
    """The filter of an event subscription, with the values that events.bicep gives."""
    names = ("finishedUploads", "finishedRenames")
    values = {name: read("events.bicep").value(name) for name in names} | {"container": DEFAULT_CONTAINER}
    (body,) = read(module).bodies(subscription, **values, **given)
    chosen: Body = body["properties"]["filter"]
    return chosen


def test_every_app_setting_is_read() -> None:
    """A setting that the code does not know would be set in vain."""
    names = set(app_settings())
    own = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    platform = (*StorageSettings.model_fields.values(), *TelemetrySettings.model_fields.values())
    storage = {str(field.validation_alias) for field in platform}
    assert set() == names - own - storage - PLATFORM_SETTINGS
    assert PLATFORM_SETTINGS <= names


def test_every_setting_without_a_default_is_set() -> None:
    """What the app cannot do without, and what it leaves off when nothing is set, is set or has a reason."""
    empty = {name for name, field in Settings.model_fields.items() if field.default is None}
    unset = {name for name in empty if f"{PREFIX}{name.upper()}" not in app_settings()}
    assert set(LEFT_UNSET) == unset
    missing = find_missing_settings(Settings(model_endpoint=None, topic_endpoint=None), StorageSettings())
    needed = {name for problem in missing for name in re.findall(r"^INTRAY_\w+", problem)}
    assert needed <= set(app_settings())


def test_storage_is_reached_by_identity() -> None:
    """Three addresses and the identity, each under the name that host and code read, and no connection string."""
    names = {name for name in app_settings() if name.startswith("AzureWebJobsStorage")}
    aliases = {str(field.validation_alias) for field in StorageSettings.model_fields.values()}
    assert aliases - {"AzureWebJobsStorage", "AzureWebJobsStorage__accountName"} == names


@pytest.mark.parametrize("intake", get_args(Intake))
def test_every_queue_has_a_function_and_every_function_its_queue(intake: Intake) -> None:
    """Poison queues too: the host would make them late, and without the rights of a deployment."""
    queues = storage_content("queues", intake)
    assert (queues, queues) == (code.queues(intake), local_storage.queues(intake))


def test_the_queue_of_events_exists_where_events_come_by_queue() -> None:
    """Event Grid delivers to the queue that the same parameter makes."""
    (body,) = read("modules/uploads-by-queue.bicep").bodies("uploads", renames=False)
    name = body["properties"]["deliveryWithResourceIdentity"]["destination"]["properties"]["queueName"]
    assert UPLOAD_EVENTS == name
    assert {name, f"{name}-poison"} == storage_content("queues", "queue") - storage_content("queues", "webhook")


def test_containers_and_tables_are_those_of_the_code() -> None:
    """None is missing at the first upload, and none is made in vain."""
    options = Settings()
    used = {WORK, options.results_container, options.unpacked_container, options.types_container}
    assert used == set(local_storage.CONTAINERS)
    for uploads in ([container.name for container in options.upload_containers], ["incoming", "hr-forms"]):
        assert used | {*uploads} == storage_content("appContainers", uploads=uploads)


@pytest.mark.parametrize("name", ["incoming", "hr-forms"])
def test_containers_of_uploads_are_one_parameter(name: str) -> None:
    """It makes the container, the roles, the app setting, and the subscriptions of its function; nothing is missing."""
    container = UploadContainer(name=name)
    content = read("modules/containers.bicep")
    bodies = content.bodies("dropping", uploads=[{"name": name, "uploaders": ["b"]}], uploaders=["a"])
    assert [(name, ["a", "b"])] == [(body["params"]["container"], body["params"]["uploaders"]) for body in bodies]
    settings = host_settings("functions", containers=[{"name": name, "uploaders": ["b"]}])
    assert (container,) == read_containers(str(settings["INTRAY_CONTAINERS"]))
    assert [name] == content.value("uploadNames", uploads=[{"name": name}])
    webhook, queue = (f"modules/uploads-by-{way}.bicep" for way in ("webhook", "queue"))
    assert container.function_name == read(webhook).value("function", container=name)
    prefixes = {read(module).value("subjectPrefix", container=name) for module in (webhook, queue)}
    assert {f"/blobServices/default/containers/{name}/"} == prefixes
    names = [read(module).bodies("uploads", container=name, renames=False)[0]["name"] for module in (webhook, queue)]
    assert ["uploads" if name == "incoming" else f"uploads-{name}"] * 2 == names
    for intake, made in (("webhook", webhook), ("queue", queue)):
        found = read("events.bicep").bodies(intake, containers=[name, "more"], intake=intake)
        assert [name, "more"] == [body["params"]["container"] for body in found], made
        assert [] == read("events.bicep").bodies(intake, containers=[name], intake="neither")


def test_what_the_platform_keeps_is_apart_from_documents() -> None:
    """Packages and dead letters lie in containers of their own."""
    own = {read("modules/containers.bicep").value(name) for name in ("deploymentContainer", "deadLetterContainer")}
    assert storage_content("containers") == storage_content("appContainers") | own
    assert read("events.bicep").value("deadLetterContainer") in own - storage_content("appContainers")


@pytest.mark.parametrize("intake", get_args(Intake))
def test_instances_are_kept_ready_for_functions_that_exist(intake: Intake) -> None:
    """The blob group where it has a function (its webhook is not woken otherwise), and functions by their names."""
    chosen = [read("main.bicep").value("alwaysReady")]
    for path in sorted((INFRA / "parameters").glob("*.json")):
        parameters = json.loads(path.read_text(encoding="utf-8"))["parameters"]
        chosen += [parameters["alwaysReady"]["value"]] if "alwaysReady" in parameters else []
    functions = {f"function:{name}" for name in code.triggers(intake)}
    assert set() == {entry["name"] for entries in chosen for entry in entries} - {"http"} - functions
    ready = [entry["name"] for entry in read("modules/app-on-functions.bicep").value("readyForUploads", intake=intake)]
    has_blob_trigger = any(trigger["type"] == "blobTrigger" for trigger in code.triggers(intake).values())
    assert ["blob"] * has_blob_trigger == ready


def test_uploads_are_announced_as_in_the_local_cloud() -> None:
    """The same operations, types and prefix pass the filter of the webhook here and there."""
    assert blob_subscription("", "", INCOMING)["filter"] == deployed_filter(
        "modules/uploads-by-webhook.bicep", "uploads"
    )
    renamed = deployed_filter("modules/uploads-by-webhook.bicep", "renamed", renames=True)
    assert rename_subscription("", "", INCOMING)["filter"] == renamed


@pytest.mark.parametrize("renames", [False, True])
def test_the_queue_is_told_of_the_same_uploads(renames: bool) -> None:
    """Both ways in announce the same operations; with renames in one subscription."""
    found = deployed_filter("modules/uploads-by-queue.bicep", "uploads", renames=renames)
    expected: list[str] = ["Microsoft.Storage.BlobCreated"] + ["Microsoft.Storage.BlobRenamed"] * renames
    operations = read("events.bicep").value("finishedUploads") + read("events.bicep").value("finishedRenames")
    assert expected == found["includedEventTypes"]
    assert operations == found["advancedFilters"][0]["values"]
    assert [*FINISHED_UPLOADS, *RENAMES] == operations
    assert queue_subscription(INCOMING)["filter"] == found or not renames
    assert f"/blobServices/default/containers/{DEFAULT_CONTAINER}/" == found["subjectBeginsWith"]


def test_event_grid_calls_functions_that_exist() -> None:
    """The blob trigger takes Event Grid as its source, and the function of renames is an Event Grid trigger."""
    source = (INFRA / "modules" / "uploads-by-webhook.bicep").read_text(encoding="utf-8")
    assert "functionName=Host.Functions.${function}&" in source
    blob = read("modules/uploads-by-webhook.bicep").value("function", container=DEFAULT_CONTAINER)
    (renamed,) = re.findall(r"/functions/(\w+)'", source)
    triggers = code.triggers("webhook")
    assert ("blobTrigger", "EventGrid") == (triggers[blob]["type"], triggers[blob]["source"])
    assert "eventGridTrigger" == triggers[renamed]["type"]


def test_the_identity_has_a_role_for_each_client_and_no_other() -> None:
    """Each SDK client that the code makes works by a role; a role without a client would be too much."""
    used = {package for package in CLIENT_ROLES for client in code.clients() if client.startswith(package)}
    unknown = {client for client in code.clients() if not client.startswith(tuple(CLIENT_ROLES))}
    roles = read("modules/roles.bicep")
    given = set(roles.value("storageRoles")) | set(roles.of_kind("var")) - {"storageRoles", "roleDefinitions"}
    given |= set(read("modules/recognition.bicep").of_kind("var"))
    given |= set(read("modules/uploaders.bicep").of_kind("var"))
    assert (set(CLIENT_ROLES), set()) == (used, unknown)
    assert {CLIENT_ROLES[package] for package in used} | {TELEMETRY_ROLE, *OTHER_PEOPLE} == given


def test_models_are_those_of_the_catalogue() -> None:
    """Each deployment that the catalogue names is made, with every parameter file."""
    catalogue = yaml.safe_load((ROOT / "shared" / "models.yaml").read_text(encoding="utf-8"))["deployments"]
    chosen = [read("main.bicep").value("modelDeployments")]
    chosen += [
        json.loads(path.read_text(encoding="utf-8"))["parameters"]["modelDeployments"]["value"]
        for path in sorted((INFRA / "parameters").glob("*.json"))
    ]
    named = [[entry["name"] for entry in deployments] for deployments in chosen]
    assert 4 == len(named)
    assert [[entry["name"] for entry in catalogue]] * 4 == named


def test_the_package_holds_the_app_and_nothing_else() -> None:
    """Whatever lies beside the app in the repository is named in .funcignore."""
    ignored = {line.strip("/") for line in (ROOT / ".funcignore").read_text(encoding="utf-8").splitlines()}
    tops = {name.split("/")[0] for name in files() if "/" in name or not name.endswith(".md")}
    assert {"function_app.py", "functions", "shared", "host.json", "requirements.txt"} == tops - ignored
    assert {"shared/testing", ".venv", ".tools", ".intray", "node_modules", ".azure", "*.md"} <= ignored
    assert not {".*", ".python_packages"} & ignored


def test_the_workflow_packs_the_same_and_keeps_no_secret() -> None:
    """What the workflow of GitHub deploys is the package, after the checks, with a token in place of a secret."""
    source = (ROOT / ".github" / "workflows" / "deploy.yml").read_text(encoding="utf-8")
    (packed,) = re.findall(r"git archive [^\n]*\n *([^\n]*) ':!shared/testing'", source)
    assert {"function_app.py", "functions", "shared", "host.json", "requirements.txt"} == set(packed.split())
    workflow = yaml.safe_load(source)
    assert ("check", "what-if") == tuple(workflow["jobs"][job]["needs"] for job in ("what-if", "deploy"))
    assert "write" == workflow["permissions"]["id-token"]
    assert "secrets." not in source


@pytest.mark.parametrize("script", ["infra/hooks/connect-uploads.sh", "infra/ci/smoke.sh"])
def test_scripts_are_shell_and_name_files_that_exist(script: str) -> None:
    """A shell reads them without an error, and what they upload or deploy is there."""
    subprocess.run(["sh", "-n", ROOT / script], check=True)
    source = (ROOT / script).read_text(encoding="utf-8")
    named = re.findall(r"samples/files/[\w.-]+|(?<=file )\w+\.bicep", source)
    assert named
    assert [] == [name for name in named if not any((base / name).is_file() for base in (ROOT, INFRA))]


def test_the_page_on_data_protection_names_every_store() -> None:
    """Whoever answers a person's question reads that page, and must not miss a place."""
    page = (ROOT / "docs" / "data-protection.md").read_text(encoding="utf-8")
    stores = storage_content("containers") | storage_content("tables")
    assert set() == {store for store in stores if f"`{store}`" not in page}


def test_rules_of_the_lifecycle_delete_what_they_mean() -> None:
    """Dead letters, and the messages that the app keeps under `work/poison/`; never a document."""
    (policy,) = read("modules/containers.bicep").bodies("lifecycle")
    rules = policy["properties"]["policy"]["rules"]
    prefixes = [prefix for rule in rules for prefix in rule["definition"]["filters"]["prefixMatch"]]
    assert ["dead-letters/", f"{WORK}/{POISON}/"] == prefixes


def test_the_developer_cli_finds_the_app_and_its_hook() -> None:
    """The service has the tag by which azd finds it, and the hook asks for outputs that exist."""
    azd = yaml.safe_load((ROOT / "azure.yaml").read_text(encoding="utf-8"))
    (service,) = azd["services"]
    prepackage = azd["services"][service]["hooks"]["prepackage"].values()
    assert all((ROOT / hook["run"]).is_file() for hook in prepackage)
    (call,) = re.findall(r"'azd-service-name': '(\w+)'", (INFRA / "modules" / "app.bicep").read_text(encoding="utf-8"))
    assert service == call
    outputs, params = set(read("main.bicep").of_kind("output")), set(read("events.bicep").of_kind("param"))
    for hook in azd["hooks"]["postdeploy"].values():
        script = (ROOT / hook["run"]).read_text(encoding="utf-8")
        assert set(re.findall(r"(?<=\$)(?:env:)?((?:AZURE|INTRAY)_\w+)", script.replace("env:", ""))) <= outputs
        assert params == set(re.findall(r"(\w+)=\"?\$", script)) & params


def test_the_runtime_is_the_python_of_the_project() -> None:
    """One minor version of Python, here and there."""
    (app,) = read("modules/app-on-functions.bicep").bodies("app")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    version = app["properties"]["functionAppConfig"]["runtime"]["version"]
    assert f">={version},<" in project["requires-python"]
