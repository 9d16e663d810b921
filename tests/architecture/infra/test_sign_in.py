"""Sign-in as it is deployed lets through what the code leaves open, and knows the roles of the code."""

import json
from typing import get_args

import pytest

from shared.domain.identity.permissions import OPEN_OPERATIONS, PERMITTED_ROLES
from shared.domain.identity.principal import Role
from shared.environment import PlatformSettings
from shared.upload_settings import Intake
from tests.architecture.infra import code
from tests.architecture.infra.bicep import INFRA, app_settings, read


def test_nothing_claims_that_the_platform_signs_callers_in() -> None:
    """Only the platform says so. A setting would stay when sign-in is switched off, and forged headers would count."""
    markers = {str(field.validation_alias) for field in PlatformSettings.model_fields.values()}
    assert {"WEBSITE_AUTH_ENABLED"} == markers
    assert set() == (markers | {"INTRAY_PLATFORM_SIGN_IN"}) & set(app_settings())


@pytest.mark.parametrize("intake", get_args(Intake))
def test_sign_in_lets_through_health_and_webhooks_only(intake: str) -> None:
    """Excluded are the routes that anybody may call and, where Event Grid calls the app, its webhooks."""
    (body,) = read("modules/sign-in.bicep").bodies("signIn", intake=intake)
    webhooks = {"/runtime/webhooks/blobs", "/runtime/webhooks/eventgrid"} if intake == "webhook" else set()
    assert code.open_routes() | webhooks == set(body["properties"]["globalValidation"]["excludedPaths"])
    assert "OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID" in app_settings()
    validation = body["properties"]["globalValidation"]
    assert (True, "Return401") == (validation["requireAuthentication"], validation["unauthenticatedClientAction"])


def test_every_route_needs_a_role_or_is_open_to_all() -> None:
    """The table of permissions is that of the routes."""
    assert set(PERMITTED_ROLES) | OPEN_OPERATIONS == code.http_operations()


def test_the_app_registration_has_the_roles_of_the_code() -> None:
    """A role that only one of them knows could be given, or asked for, in vain; people and programs may have each."""
    roles = json.loads((INFRA / "app-roles.json").read_text(encoding="utf-8"))
    assert [role.value for role in Role] == [role["value"] for role in roles]
    assert [["User", "Application"]] * len(Role) == [role["allowedMemberTypes"] for role in roles]


def test_the_registration_keeps_no_secret_and_comes_back_to_the_app() -> None:
    """The identity is the credential, tokens are of version 2, and programs are told apart from people."""
    deployed = read("registration.bicep")
    (registration,) = deployed.bodies("registration", url="https://app.example")
    (credential,) = deployed.bodies("credential", principalId="identity")
    assert ["https://app.example/.auth/login/aad/callback"] == registration["web"]["redirectUris"]
    assert (2, [{"name": "idtyp"}]) == (
        registration["api"]["requestedAccessTokenVersion"],
        registration["optionalClaims"]["accessToken"],
    )
    assert ("identity", ["api://AzureADTokenExchange"]) == (credential["subject"], credential["audiences"])
    assert "loadJsonContent('app-roles.json')" in deployed.path.read_text(encoding="utf-8")
    assert not {"passwordCredentials", "keyCredentials"} & set(registration)
