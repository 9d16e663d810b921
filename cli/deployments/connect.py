"""The API of the app that a command works on: the running local cloud, or a deployment by name or address."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from cli.deployments.profile import Deployment, deployments_file, find_deployment
from local.cloud.addresses import CloudError, find
from local.cloud.api import Api, Authorize, api, connect, fixed_headers
from local.settings import ClientSettings, LocalSettings

if TYPE_CHECKING:
    from azure.core.credentials import AccessToken


class AppTarget(NamedTuple):
    """Which app a command works on.

    `state`: the folder of a local cloud; `deployment`: the name or address of a deployment, which comes first.
    """

    state: Path | None = None
    deployment: str | None = None

    @property
    def is_local(self) -> bool:
        """Whether it is the local cloud."""
        return not self.deployment


@asynccontextmanager
async def open_api(target: AppTarget) -> AsyncIterator[Api]:
    """Yield the API of the target, for the length of a block; raises CloudError."""
    if not target.deployment:
        async with api(find(target.state or LocalSettings().state)) as client:
            yield client
        return
    deployment = find_deployment(target.deployment, deployments_file())
    if deployment.client_id is None:
        key = ClientSettings().key
        if key is None:
            raise CloudError(
                f"{deployment.url} is known without a sign-in. Name its application id (intray deployments add "
                f"NAME {deployment.url} --client-id ID), or put a function key into INTRAY_KEY."
            )
        async with connect(deployment.url, fixed_headers({"x-functions-key": key.get_secret_value()})) as client:
            yield client
        return
    from azure.identity.aio import DefaultAzureCredential

    async with (
        DefaultAzureCredential() as credential,
        connect(deployment.url, _bearer(deployment, credential.get_token)) as client,
    ):
        yield client


def _bearer(deployment: Deployment, get_token: "Callable[[str], Awaitable[AccessToken]]") -> Authorize:
    """Return what asks for a token before each request; the credential keeps those that are still valid."""
    from azure.core.exceptions import ClientAuthenticationError

    async def authorize() -> Mapping[str, str]:
        try:
            token = await get_token(f"api://{deployment.client_id}/.default")
        except ClientAuthenticationError as error:
            raise CloudError(
                f"No token for {deployment.url}: sign in with `az login` or `azd auth login`, and check the "
                f"application id {deployment.client_id}."
            ) from error
        return {"Authorization": f"Bearer {token.token}"}

    return authorize
