"""The host with sign-in in front, as App Service: the real worker gets the platform's header and no caller's."""

import base64
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.integration.host_under_test import HostUnderTest, running_host
from tests.worker.demo import Demo

pytestmark = pytest.mark.asyncio(loop_scope="module")

ROOT = Path(__file__).parents[2]
FORGED = {
    "X-MS-CLIENT-PRINCIPAL": base64.b64encode(
        json.dumps(
            {"auth_typ": "aad", "claims": [{"typ": "oid", "val": "x"}, {"typ": "roles", "val": "Operator"}]}
        ).encode()
    ).decode()
}


@dataclass
class Intray(Demo):
    """The settings of the function app itself, behind sign-in or without any way to call it."""

    @property
    def settings(self) -> dict[str, str]:
        nowhere = "http://127.0.0.1:9"
        return super().settings | {
            "INTRAY_MODEL_ENDPOINT": nowhere, "INTRAY_MODEL_KEY": "k", "INTRAY_TOPIC_ENDPOINT": nowhere,
            "INTRAY_TOPIC_KEY": "k", "INTRAY_ALLOW_KEYS": "false", "INTRAY_SWEEP_SCHEDULE": self.tick,
            "INTRAY_RECONCILE_SCHEDULE": self.tick,
        }  # fmt: skip


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def echo(azurite: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[HostUnderTest]:
    """The demo app, which tells what it was sent."""
    async with running_host(Demo(tmp_path_factory.mktemp("echo"), azurite), sign_in=True) as host:
        yield host


async def ask(
    host: HostUnderTest, path: str, headers: Mapping[str, str] | None = None, method: str = "GET"
) -> tuple[int, Any]:
    """Status and JSON of an answer; redirects are not followed."""
    request = host.http.request(method, f"{host.host.url}{path}", headers=headers, allow_redirects=False)
    async with request as answer:
        text = await answer.text()
        return answer.status, json.loads(text) if text and "json" in answer.content_type else text


async def session(host: HostUnderTest, query: str) -> dict[str, str]:
    """The cookie of somebody who signs in."""
    url = f"{host.host.url}/.auth/login/local?{query}"
    async with host.http.get(url, allow_redirects=False) as answer:
        assert 302 == answer.status
        return {"Cookie": f"AppServiceAuthSession={answer.cookies['AppServiceAuthSession'].value}"}


def principal(text: str) -> dict[str, list[str]]:
    """The claims of the platform's header, by the last part of their types."""
    claims: dict[str, list[str]] = {}
    for claim in json.loads(base64.b64decode(text + "=" * (-len(text) % 4)))["claims"]:
        claims.setdefault(claim["typ"].rpartition("/")[2], []).append(claim["val"])
    return claims


async def test_the_header_is_the_platforms_and_never_the_callers(echo: HostUnderTest) -> None:
    """Whoever is signed in; a forged header is removed, and where nobody need sign in nothing takes its place."""
    url = f"/api/echo/a/b?code={echo.host.keys.master}"
    assert 401 == (await ask(echo, url))[0]
    assert 401 == (await ask(echo, url, FORGED))[0]
    ada = await session(echo, "name=Ada&role=Reviewer&role=Auditor")
    status, facts = await ask(echo, url, ada | FORGED)
    found = principal(facts["principal"])
    assert (202, ["Ada"], ["Reviewer", "Auditor"]) == (status, found["upn"], found["role"])
    program = {"Authorization": f"Bearer {echo.host.keys.master}"}
    assert ["Operator"] == principal((await ask(echo, url, program))[1]["principal"])["role"]
    assert 401 == (await ask(echo, url, ada | {"Authorization": "Bearer wrong"}))[0]
    assert (200, "fine") == await ask(echo, "/api/health", FORGED)


async def test_a_session_ends(echo: HostUnderTest) -> None:
    """Signing out takes it away; nobody signs in without a name."""
    ada = await session(echo, "name=Ada")
    claims = (await ask(echo, "/.auth/me", ada))[1][0]["user_claims"]
    assert ["Ada"] == [claim["val"] for claim in claims if claim["typ"] == "name"]
    assert 302 == (await ask(echo, "/.auth/logout", ada))[0]
    assert [401, 401] == [(await ask(echo, path, ada))[0] for path in ("/.auth/me", "/api/echo/a/b")]
    assert 400 == (await ask(echo, "/.auth/login/local?name="))[0]


async def test_the_app_behind_sign_in_knows_roles(azurite: str, tmp_path: Path) -> None:
    """The function app on the real worker: who is signed in may do what their role says, and keys open nothing."""
    async with running_host(Intray(tmp_path, azurite), ROOT, sign_in=True) as host:
        auditor, nobody = await session(host, "name=Ada&role=Auditor"), await session(host, "name=Bob")
        key = {"x-functions-key": host.host.keys.master}
        assert [200, 403, 401, 401] == [
            (await ask(host, "/api/types", headers))[0] for headers in (auditor, nobody, key, FORGED)
        ]
        status, problem = await ask(host, "/api/documents/x/replay", auditor, "POST")
        assert (403, "https://intray.dev/problems/not-permitted") == (status, problem["type"])
        assert 200 == (await ask(host, "/api/health"))[0]


async def test_the_app_without_sign_in_or_keys_lets_nobody_in(azurite: str, tmp_path: Path) -> None:
    """A forged header reaches the app here, as it does wherever no platform removes it, and counts nothing."""
    async with running_host(Intray(tmp_path, azurite), ROOT) as host:
        key = {"x-functions-key": host.host.keys.master}
        for headers in ({}, FORGED, key, {"Authorization": f"Bearer {host.host.keys.master}"}):
            status, problem = await ask(host, "/api/types", headers)
            assert (401, True) == (status, "INTRAY_ALLOW_KEYS" in problem["detail"])
        assert 200 == (await ask(host, "/api/health", FORGED))[0]
