"""The container app follows the image, the routes and the rules of identity; it was never deployed."""

import re

import pytest

from tests.architecture.infra import code
from tests.architecture.infra.bicep import INFRA, read
from tests.architecture.infra.evaluating import Unknown
from tests.architecture.infra.hosts.deployed import container_app, sign_in
from tests.architecture.tree import ROOT

MAX_PROBE_FAILURES = 10
"""What Container Apps accepts."""


def test_the_platform_knows_that_it_runs_functions() -> None:
    """Then it makes the scale rules from the triggers: an own rule would be a second opinion. It asks for ingress."""
    app = container_app()
    template = app["properties"]["template"]
    assert "functionapp" == app["kind"]
    assert {"minReplicas": 1, "maxReplicas": 100} == template["scale"]
    assert app["properties"]["configuration"]["ingress"]
    assert "Single" == app["properties"]["configuration"]["activeRevisionsMode"]


def test_the_port_is_that_of_the_image_and_probes_ask_what_anybody_may_ask() -> None:
    """A probe has no token; what it waits for at the start stays within what the platform accepts."""
    properties = container_app()["properties"]
    (container,) = properties["template"]["containers"]
    (port,) = re.findall(r"^EXPOSE (\d+)$", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    probes = {probe["type"]: probe for probe in container["probes"]}
    assert {"Startup", "Readiness"} == set(probes)
    assert {int(port)} == {properties["configuration"]["ingress"]["targetPort"]} | {
        probe["httpGet"]["port"] for probe in probes.values()
    }
    assert {probe["httpGet"]["path"] for probe in probes.values()} <= code.open_routes()
    assert probes["Startup"]["failureThreshold"] <= MAX_PROBE_FAILURES
    assert probes["Startup"]["failureThreshold"] * probes["Startup"]["periodSeconds"] >= 300


@pytest.mark.parametrize(("memory", "resources"), [(4096, (2, "4Gi")), (2048, (1, "2Gi"))])
def test_cpu_and_memory_are_a_pair_of_the_consumption_profile(memory: int, resources: tuple[int, str]) -> None:
    """One core for each 2 GiB."""
    (container,) = container_app(memory=memory)["properties"]["template"]["containers"]
    assert resources == (container["resources"]["cpu"], container["resources"]["memory"])


def test_images_are_pulled_by_the_identity() -> None:
    """No user and no password; the one `secret` is the id of the identity. The app may pull and not push."""
    app = container_app()
    configuration = app["properties"]["configuration"]
    (registry,), (secret,) = configuration["registries"], configuration["secrets"]
    assert {"server", "identity"} == set(registry)
    assert (Unknown("identity.id"), Unknown("identity.properties.clientId")) == (registry["identity"], secret["value"])
    (container,) = app["properties"]["template"]["containers"]
    assert "crx.azurecr.io/intray:1" == container["image"]
    assert not [entry for entry in container["env"] if set(entry) != {"name", "value"}]


def test_only_who_pulls_the_image_may_pull_it() -> None:
    """On Container Apps the identity of the app does; a cluster pulls by an identity of its own."""
    registry, app = read("modules/registry.bicep"), read("modules/app.bicep")
    (pull,) = registry.bodies("pull", principalId="the app")
    assert ("the app", "ServicePrincipal") == (pull["properties"]["principalId"], pull["properties"]["principalType"])
    assert [] == registry.bodies("pull", principalId="")
    pullers = {host: app.bodies("registry", host=host)[0]["params"]["principalId"] for host in ("containerApps", "aks")}
    assert {"containerApps": Unknown("identity.properties.principalId"), "aks": ""} == pullers


@pytest.mark.parametrize(
    ("private", "addresses", "reachable"),
    [(False, [], True), (True, [], False), (True, ["203.0.113.0/24"], True)],
)
def test_a_private_app_answers_allowed_addresses_only(private: bool, addresses: list[str], reachable: bool) -> None:
    """Azure.ContainerApp.ExternalIngress and RestrictIngress: without addresses it answers in its environment only."""
    options = read("modules/app.bicep").value(
        "containerOptions", host="containerApps", private=private, allowedAddresses=addresses
    )
    assert (reachable, addresses) == (options["isReachable"], options["allowedAddresses"])
    app = container_app(isReachable=options["isReachable"], allowedAddresses=options["allowedAddresses"])
    ingress = app["properties"]["configuration"]["ingress"]
    assert reachable == ingress["external"]
    rules = [(rule["ipAddressRange"], rule["action"]) for rule in ingress["ipSecurityRestrictions"]]
    assert [(address, "Allow") for address in addresses] == rules


def test_a_private_app_sends_from_the_subnet() -> None:
    """The subnet that Flex would have, with the same delegation."""
    environment = read("modules/container-environment.bicep")
    (private,), (public,) = (environment.bodies("managed", subnetId=subnet) for subnet in ("/subnets/app", ""))
    assert "/subnets/app" == private["properties"]["vnetConfiguration"]["infrastructureSubnetId"]
    assert public["properties"]["vnetConfiguration"] is None
    (profile,) = private["properties"]["workloadProfiles"]
    assert profile["name"] == container_app()["properties"]["workloadProfileName"]


def test_sign_in_lets_through_health_only() -> None:
    """No webhook is open: uploads come by queue. The identity stands in for a client secret."""
    (body,) = sign_in("id")
    properties = body["properties"]
    assert code.open_routes() == set(properties["globalValidation"]["excludedPaths"])
    assert "Return401" == properties["globalValidation"]["unauthenticatedClientAction"]
    assert (True, True) == (properties["platform"]["enabled"], properties["httpSettings"]["requireHttps"])
    registration = properties["identityProviders"]["azureActiveDirectory"]["registration"]
    (secret,) = container_app(clientId="id")["properties"]["configuration"]["secrets"]
    assert (secret["name"], "id") == (registration["clientSecretSettingName"], registration["clientId"])
    assert [] == sign_in("")


def test_sign_in_is_the_same_as_on_functions() -> None:
    """Whom it lets in does not depend on the host."""
    (here,), (there,) = sign_in("id"), read("modules/sign-in.bicep").bodies("signIn", clientId="id", intake="queue")
    directories = [body["properties"]["identityProviders"]["azureActiveDirectory"] for body in (here, there)]
    assert directories[0]["validation"] == directories[1]["validation"]
    source = (INFRA / "modules" / "sign-in.bicep").read_text(encoding="utf-8")
    issuer = [line for line in source.splitlines() if line.startswith("var issuer")]
    assert issuer == [
        line
        for line in (INFRA / "container-app.bicep").read_text(encoding="utf-8").splitlines()
        if line.startswith("var issuer")
    ]
