"""The container app as the second deployment makes it, for options that the first one gives."""

from typing import Any

from tests.architecture.infra.bicep import Body, host_settings, read


def options(**changed: object) -> dict[str, Any]:
    """What main.bicep tells container-app.bicep, where `changed` values differ from those of a public deployment."""
    given: dict[str, Any] = {
        "name": "ca-x",
        "environmentId": "/environments/x",
        "location": "somewhere",
        "tags": {},
        "identityName": "id-x",
        "insightsName": "appi-x",
        "registryServer": "crx.azurecr.io",
        "isReachable": True,
        "allowedAddresses": [],
        "memory": 4096,
        "maximumInstances": 100,
        "clientId": "",
        "settings": dict.fromkeys(host_settings("containerApps"), "value"),
    }
    return given | changed


def container_app(*, trustSignIn: bool = False, **changed: object) -> Body:  # noqa: N803 - the name of the parameter
    """Return the container app."""
    given = {"container": options(**changed), "image": "intray:1", "trustSignIn": trustSignIn}
    (app,) = read("container-app.bicep").bodies("app", **given)
    return app


def sign_in(client_id: str) -> list[Body]:
    """Return what stands in front of the app; nothing without a registration."""
    return read("container-app.bicep").bodies("signIn", container=options(clientId=client_id))
