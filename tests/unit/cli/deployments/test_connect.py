"""How a command proves to a deployment who asks: a token of the user's, or a function key."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Self

import pytest
from aiohttp import web
from azure.core.credentials import AccessToken
from azure.core.exceptions import ClientAuthenticationError

from cli.deployments import connect
from cli.deployments.connect import AppTarget, open_api
from cli.deployments.profile import Deployment, save_deployments
from local.cloud.addresses import CloudError

CLIENT = "11111111-2222"


class Server:
    """An app that answers every list as empty, and keeps the headers of each request."""

    def __init__(self) -> None:
        self.headers: list[dict[str, str]] = []
        self.url = ""

    async def answer(self, request: web.Request) -> web.Response:
        self.headers.append(dict(request.headers))
        return web.json_response({"items": [], "next": None})


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AsyncIterator[Server]:
    server, application = Server(), web.Application()
    application.router.add_route("GET", "/api/documents", server.answer)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    file = tmp_path / "deployments.yaml"
    save_deployments(file, {"prod": Deployment.of(server.url, CLIENT), "keyed": Deployment.of(server.url)})
    monkeypatch.setattr(connect, "deployments_file", lambda: file)
    monkeypatch.delenv("INTRAY_KEY", raising=False)
    yield server
    await runner.cleanup()


class Credential:
    """The user's sign-in; `refuses` as long as nobody is signed in."""

    refuses = False
    scopes: list[str] = []

    async def get_token(self, scope: str) -> AccessToken:
        if self.refuses:
            raise ClientAuthenticationError("run az login")
        self.scopes.append(scope)
        return AccessToken(f"token-{len(self.scopes)}", 0)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_error: object) -> None:
        return None


async def test_a_token_is_asked_for_with_each_request(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """`status --watch` outlives a token; the credential keeps one that is still valid."""
    monkeypatch.setattr("azure.identity.aio.DefaultAzureCredential", Credential)
    Credential.scopes.clear()
    async with open_api(AppTarget(deployment="prod")) as client:
        await client.documents()
        await client.documents()
    assert ["Bearer token-1", "Bearer token-2"] == [headers["Authorization"] for headers in server.headers]
    assert {f"api://{CLIENT}/.default"} == set(Credential.scopes)


async def test_who_is_not_signed_in_reads_how_to(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """And nothing was sent."""
    monkeypatch.setattr("azure.identity.aio.DefaultAzureCredential", Credential)
    monkeypatch.setattr(Credential, "refuses", True)
    with pytest.raises(CloudError, match=f"az login.*{CLIENT}"):
        async with open_api(AppTarget(deployment="prod")) as client:
            await client.documents()
    assert server.headers == []


async def test_a_key_comes_from_the_environment(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pasted one often ends in a line break."""
    monkeypatch.setenv("INTRAY_KEY", "k3y\n")
    async with open_api(AppTarget(deployment="keyed")) as client:
        await client.documents()
    assert ["k3y"] == [headers["x-functions-key"] for headers in server.headers]


async def test_without_a_key_the_message_says_what_to_set(server: Server) -> None:
    """Nothing is sent without one."""
    with pytest.raises(CloudError, match=r"--client-id.*INTRAY_KEY"):
        async with open_api(AppTarget(deployment="keyed")):
            pass
    assert server.headers == []
