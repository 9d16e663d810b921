"""Rules of checkov (CKV_) and PSRule for Azure (Azure.) that apply to the resources here, each by its id."""

from typing import Any

import pytest

from tests.architecture.infra.bicep import Body, bicep_files, made_resources, read, walk
from tests.architecture.infra.evaluating import content, text

ROLES = {
    "b7e6dc6d-f1e8-4753-8033-0f276bb0955b": "Storage Blob Data Owner",
    "ba92f5b4-2d11-453d-a403-e96b0029c9fe": "Storage Blob Data Contributor",
    "974c5e8b-45b9-4653-ba55-5f855dd0fb88": "Storage Queue Data Contributor",
    "c6a89b2d-59bc-44d0-9896-0f6e12d7b80a": "Storage Queue Data Message Sender",
    "8a0f0c08-91a1-4084-bc3d-661d67233fed": "Storage Queue Data Message Processor",
    "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3": "Storage Table Data Contributor",
    "d5a91429-5739-47e2-a06b-3470a27159e7": "EventGrid Data Sender",
    "5e0bd9bd-7b93-4f28-af87-19fc36ad61bd": "Cognitive Services OpenAI User",
    "a97b65f3-24c7-4388-baec-2e87135dc908": "Cognitive Services User",
    "4633458b-17de-408a-b874-0445c86b69e6": "Key Vault Secrets User",
    "e147488a-f6f5-4113-8e2d-b22465e65bf6": "Key Vault Crypto Service Encryption User",
    "3913510d-42f4-4e42-8a64-420c390055eb": "Monitoring Metrics Publisher",
    "7f951dda-4ed3-4680-a7ca-43fe172d538d": "AcrPull",
}
"""The built-in roles that are given, by the ids of Microsoft's list; none manages resources or roles."""
PRIVATE = {"private": True, "allowedAddresses": [], "encryption": {}, "intake": "queue"}
PUBLIC = {**PRIVATE, "private": False}
STORAGE, MODELS, VAULT, TOPICS, APP, RECOGNITION = (
    f"modules/{name}.bicep" for name in ("storage", "models", "vault", "topics", "app-on-functions", "recognition")
)
REGISTRY, ENVIRONMENT = "modules/registry.bicep", "modules/container-environment.bicep"
CONTAINER_APP = "container-app.bicep"

SETTINGS = [
    ("CKV_AZURE_3 Azure.Storage.SecureTransfer", STORAGE, "storage", "properties.supportsHttpsTrafficOnly", True),
    ("CKV_AZURE_44 Azure.Storage.MinTLS", STORAGE, "storage", "properties.minimumTlsVersion", "TLS1_2"),
    ("CKV_AZURE_59 Azure.Storage.BlobPublicAccess", STORAGE, "storage", "properties.allowBlobPublicAccess", False),
    ("identity only", STORAGE, "storage", "properties.allowSharedKeyAccess", False),
    ("CKV_AZURE_36", STORAGE, "storage", "properties.networkAcls.bypass", "AzureServices"),
    ("Azure.Storage.SoftDelete", STORAGE, "blobs", "properties.deleteRetentionPolicy.enabled", True),
    ("Azure.Storage.ContainerSoftDelete", STORAGE, "blobs", "properties.containerDeleteRetentionPolicy.enabled", True),
    ("CKV_AZURE_236 Azure.Cognitive.DisableLocalAuth", MODELS, "account", "properties.disableLocalAuth", True),
    ("CKV_AZURE_236 Azure.Cognitive.DisableLocalAuth", RECOGNITION, "account", "properties.disableLocalAuth", True),
    ("CKV_AZURE_110 Azure.KeyVault.PurgeProtect", VAULT, "vault", "properties.enablePurgeProtection", True),
    ("CKV_AZURE_42 Azure.KeyVault.SoftDelete", VAULT, "vault", "properties.enableSoftDelete", True),
    ("Azure.KeyVault.RBAC", VAULT, "vault", "properties.enableRbacAuthorization", True),
    ("CKV_AZURE_192 Azure.EventGrid.DisableLocalAuth", TOPICS, "topic", "properties.disableLocalAuth", True),
    ("CKV_AZURE_191 Azure.EventGrid.ManagedIdentity", TOPICS, "topic", "identity.type", "SystemAssigned"),
    ("CKV_AZURE_14 Azure.AppService.UseHTTPS", APP, "app", "properties.httpsOnly", True),
    ("CKV_AZURE_15 Azure.AppService.MinTLS", APP, "app", "properties.siteConfig.minTlsVersion", "1.2"),
    ("CKV_AZURE_78", APP, "app", "properties.siteConfig.ftpsState", "Disabled"),
    ("CKV_AZURE_18 Azure.AppService.HTTP2", APP, "app", "properties.siteConfig.http20Enabled", True),
    ("CKV_AZURE_16 CKV_AZURE_71 Azure.AppService.ManagedIdentity", APP, "app", "identity.type", "UserAssigned"),
    ("identity only", APP, "noPasswordForDeployment", "properties.allow", False),
    ("identity only", APP, "noPasswordForFtp", "properties.allow", False),
    ("CKV_AZURE_137 Azure.ACR.AdminUser", REGISTRY, "registry", "properties.adminUserEnabled", False),
    ("CKV_AZURE_138 Azure.ACR.AnonymousAccess", REGISTRY, "registry", "properties.anonymousPullEnabled", False),
    ("Azure.ACR.MinSku", REGISTRY, "registry", "sku.name", "Standard"),
    ("Azure.ContainerApp.Insecure", CONTAINER_APP, "app", "properties.configuration.ingress.allowInsecure", False),
    ("Azure.ContainerApp.ManagedIdentity", CONTAINER_APP, "app", "identity.type", "UserAssigned"),
    ("identity only", ENVIRONMENT, "managed", "properties.appLogsConfiguration.destination", "azure-monitor"),
    ("encryption between apps", ENVIRONMENT, "managed", "properties.peerTrafficConfiguration.encryption.enabled", True),
    ("identity only", "modules/monitoring.bicep", "insights", "properties.DisableLocalAuth", True),
    ("identity only", "modules/monitoring.bicep", "logs", "properties.features.disableLocalAuth", True),
]
CLOSED = [
    ("Azure.Storage.Firewall", STORAGE, "storage"),
    ("CKV_AZURE_134 Azure.Cognitive.PublicAccess", MODELS, "account"),
    ("CKV_AZURE_134 Azure.Cognitive.PublicAccess", RECOGNITION, "account"),
    ("CKV_AZURE_189 Azure.KeyVault.Firewall", VAULT, "vault"),
    ("CKV_AZURE_193 Azure.EventGrid.TopicPublicAccess", TOPICS, "topic"),
]


def at(body: Body, path: str) -> Any:
    """What stands at a dotted path of an object."""
    value: Any = body
    for key in path.split("."):
        value = value[key]
    return value


@pytest.mark.parametrize(("rules", "file", "symbol", "path", "expected"), SETTINGS)
def test_setting_follows_the_rule(rules: str, file: str, symbol: str, path: str, expected: object) -> None:
    """The resource says so itself, in public and in private."""
    for given in (PUBLIC, PRIVATE):
        (body,) = read(file).bodies(symbol, **given)
        assert expected == at(body, path), rules


@pytest.mark.parametrize(("rules", "file", "symbol"), CLOSED)
def test_private_closes_the_public_network(rules: str, file: str, symbol: str) -> None:
    """With `private` no service is reached but through its private endpoint."""
    (closed,), (opened,) = (read(file).bodies(symbol, **given) for given in (PRIVATE, PUBLIC))
    assert ("Disabled", "Enabled") == tuple(at(body, "properties.publicNetworkAccess") for body in (closed, opened)), (
        rules
    )


@pytest.mark.parametrize(("file", "symbol"), [(STORAGE, "storage"), (MODELS, "account"), (VAULT, "vault")])
def test_private_denies_by_default(file: str, symbol: str) -> None:
    """CKV_AZURE_35, CKV_AZURE_109: the firewall refuses what no rule allows, trusted services apart."""
    (body,) = read(file).bodies(symbol, **PRIVATE)
    assert "Deny" == at(body, "properties.networkAcls.defaultAction")


def test_allowed_addresses_are_the_only_way_in() -> None:
    """A private account with addresses is open to them alone, and so is the app."""
    given = {**PRIVATE, "allowedAddresses": ["203.0.113.0/24"]}
    (storage,), (app,) = read(STORAGE).bodies("storage", **given), read(APP).bodies("app", **given)
    rules = at(storage, "properties.networkAcls.ipRules")
    assert ("Enabled", "Deny") == (
        at(storage, "properties.publicNetworkAccess"),
        at(storage, "properties.networkAcls.defaultAction"),
    )
    assert [{"value": "203.0.113.0/24", "action": "Allow"}] == rules
    config = at(app, "properties.siteConfig")
    assert "Deny" == config["ipSecurityRestrictionsDefaultAction"]
    assert ["203.0.113.0/24"] == [rule["ipAddress"] for rule in config["ipSecurityRestrictions"]]


@pytest.mark.parametrize(("intake", "expected"), [("webhook", ["AzureEventGrid"]), ("queue", [])])
def test_a_private_app_is_open_to_what_its_way_in_needs(intake: str, expected: list[str]) -> None:
    """Event Grid cannot deliver webhooks through a private endpoint; with a queue nobody has to come in."""
    (app,) = read(APP).bodies("app", **{**PRIVATE, "intake": intake})
    assert expected == [rule["ipAddress"] for rule in at(app, "properties.siteConfig.ipSecurityRestrictions")]


def test_every_private_service_has_an_endpoint() -> None:
    """Azure.Cognitive.PrivateEndpoints and the like; the OCR service has one where it is used."""
    services = read("modules/endpoints.bicep").value("services")
    assert ["blob", "queue", "table", "models", "vault", "topic"] == [service["name"] for service in services]
    assert "!empty(recognitionId)" == read("modules/endpoints.bicep").of_kind("module")["recognition"].condition


def test_the_subnet_of_the_app_is_delegated() -> None:
    """Flex Consumption sends from a subnet delegated to Microsoft.App/environments; Azure.VNET.UseNSGs: with rules."""
    (network,) = read("modules/network.bicep").bodies("network")
    subnets = {subnet["name"]: subnet["properties"] for subnet in at(network, "properties.subnets")}
    assert "Microsoft.App/environments" == subnets["app"]["delegations"][0]["properties"]["serviceName"]
    assert all("networkSecurityGroup" in subnet for subnet in subnets.values())


def test_a_key_of_ones_own_encrypts_storage_and_models() -> None:
    """With customerManagedKeys both use the key of the vault."""
    key = {"identityId": "i", "clientId": "c", "vaultUri": "v", "name": "n", "version": "1"}
    (storage,) = read(STORAGE).bodies("storage", **{**PRIVATE, "encryption": key})
    (models,) = read(MODELS).bodies("account", **{**PRIVATE, "encryption": key})
    assert ("Microsoft.Keyvault", "n") == (
        at(storage, "properties.encryption.keySource"),
        at(storage, "properties.encryption.keyvaultproperties.keyname"),
    )
    assert ("Microsoft.KeyVault", "n", "1") == (
        at(models, "properties.encryption.keySource"),
        at(models, "properties.encryption.keyVaultProperties.keyName"),
        at(models, "properties.encryption.keyVaultProperties.keyVersion"),
    )


def test_no_output_holds_a_secret() -> None:
    """Azure.Deployment.OutputSecretValue: outputs are kept with the deployment and shown to whoever may read it."""
    secret = ("listkeys", "listsecrets", "connectionstring", "instrumentationkey", "primarykey", "sastoken")
    outputs = [
        f"{name}: {text(found.value)}"
        for name in bicep_files()
        for found in read(name).of_kind("output").values()
        if found.value is not None and any(word in text(found.value).lower() for word in secret)
    ]
    assert [] == outputs


def test_one_key_is_read_and_no_param_takes_one() -> None:
    """Azure.Deployment.SecureParameter: only the key of the blob webhook, which Event Grid has no other way to show."""
    readers = [
        name
        for name in bicep_files()
        for node in walk(read(name).root)
        if node.type == "call_expression" and text(content(node)[0]) == "listKeys"
    ]
    words = ("password", "secret", "apikey", "connectionstring", "sas")
    params = [param for name in bicep_files() for param in read(name).of_kind("param") if param.lower().endswith(words)]
    assert (["modules/uploads-by-webhook.bicep"], []) == (readers, params)


AZURE_CLI = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
"""An application, no role: it may ask for tokens in the name of people."""


def test_every_role_is_known_and_small() -> None:
    """Each id is one of Microsoft's list, and none of them lets its holder change resources or roles."""
    given = {
        text(node).strip("'")
        for name in bicep_files()
        for node in walk(read(name).root)
        if node.type == "string" and len(text(node)) == 38 and text(node).count("-") == 4
    }
    assert set(ROLES) | {AZURE_CLI} == given


def test_resources_have_the_location_and_tags_they_are_given() -> None:
    """Azure.Resource.UseTags: tags on whatever takes them, and no region written into a template."""
    untagged, placed = [], []
    for name, found in made_resources():
        properties = {text(content(part)[0]): text(content(part)[1]) for part in content(found.body)}
        if "location" in properties:
            untagged += [] if properties.get("tags") == "tags" else [f"{name}: {found.name}"]
            placed += [] if properties["location"] in {"location", "'global'"} else [f"{name}: {found.name}"]
    assert ([], []) == (untagged, placed)


def test_events_that_cannot_be_delivered_are_kept() -> None:
    """Dead letters are off by default; every subscription writes them by the topic's own identity."""
    kind = "eventSubscriptions"
    subscriptions = [found for _, found in made_resources() if found.target.split("@")[0].endswith(kind)]
    bodies = [text(found.body) for found in subscriptions]
    assert 4 == len(bodies)
    assert all("deadLetterWithResourceIdentity" in body and "eventTimeToLiveInMinutes: 1440" in body for body in bodies)


def test_model_deployments_are_made_one_after_another() -> None:
    """The service refuses two changes of an account at once; and each deployment has the content filter."""
    source = read(MODELS)
    nodes = content(source.root)
    deployments = source.of_kind("resource")["modelDeployments"]
    assert "@batchSize(1)" == text(nodes[nodes.index(deployments.node) - 1])
    (made,) = source.bodies("modelDeployments", deployments=[{"name": "a", "model": "b", "sku": "c", "capacity": 1}])
    assert ("c", 1, "NoAutoUpgrade") == (
        at(made, "sku.name"), at(made, "sku.capacity"), at(made, "properties.versionUpgradeOption"),
    )  # fmt: skip
    assert "contentFilter.name" == made["properties"]["raiPolicyName"].text
