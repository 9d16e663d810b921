"""Every route × every way of calling: the table of permissions says who gets in, and nothing else does.

The routes are those of the function app, so a new one is in the matrix before anybody thinks of it.
"""

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import pytest
from azure.functions.decorators.http import HttpTrigger

import function_app
from shared.bootstrap_identity import IdentitySources
from shared.domain.identity.permissions import OPEN_OPERATIONS, PERMITTED_ROLES
from shared.domain.identity.principal import Role
from shared.testing.identity import MemoryTokens
from tests.support.pipeline.world import World
from tests.unit.functions.api import KEY, Api

NOT_SIGNED_IN, NOT_PERMITTED, LET_IN = 401, 403, 0
METHODS: dict[str, list[str]] = {
    str(function.get_function_name()): [method.value for method in trigger.methods or ()]
    for function in function_app.app.get_functions()
    if isinstance(trigger := function.get_trigger(), HttpTrigger)
}
OPERATIONS = sorted(METHODS)
MAY: Mapping[str, str] = {
    "document_types": "Reviewer Lead Operator Auditor",
    "document": "Reviewer Lead Operator Auditor",
    "review_list": "Reviewer Lead Operator Auditor",
    "review_get": "Reviewer Lead Operator Auditor",
    "review_claim": "Reviewer Lead Operator",
    "review_release": "Reviewer Lead Operator",
    "review_complete": "Reviewer Lead Operator",
    "status": "Lead Operator Auditor",
    "document_events": "Lead Operator Auditor",
    "document_history": "Lead Operator Auditor",
    "document_correct": "Lead Operator",
    "document_replay": "Operator",
    "document_forget": "Operator",
    "events_replay": "Operator",
}
"""What docs/deploy.md promises, written a second time: a slip in the table of the code shows here."""
CHANGES = {
    "document_correct",
    "document_forget",
    "document_replay",
    "events_replay",
    "review_claim",
    "review_complete",
    "review_release",
}


def header_of(*roles: str, provider: str = "aad") -> dict[str, str]:
    """The header that the platform sends for somebody with these roles."""
    claims = [{"typ": "oid", "val": "0a1b2c3d-0000-4000-8000-000000000001"}, {"typ": "name", "val": "Ada"}]
    content = {
        "auth_typ": provider,
        "name_typ": "name",
        "role_typ": "roles",
        "claims": [*claims, *({"typ": "roles", "val": role} for role in roles)],
    }
    return {"X-MS-CLIENT-PRINCIPAL": base64.b64encode(json.dumps(content).encode()).decode()}


def token_of(*roles: str) -> dict[str, str]:
    """A bearer token that the verifier of this file takes for somebody with these roles."""
    return {"Authorization": f"Bearer {','.join(roles)}"}


TOKENS = MemoryTokens(
    {
        role: {"oid": "0a1b2c3d-0000-4000-8000-000000000001", "roles": [role], "preferred_username": "ada@example.com"}
        for role in ("", *Role, "Owner")
    }
)
PLATFORM = IdentitySources(platform=True, tokens=None, keys=False)
BY_TOKEN = IdentitySources(platform=False, tokens=TOKENS, keys=False)
BY_KEY = IdentitySources(platform=False, tokens=None, keys=True)
NOTHING = IdentitySources(platform=False, tokens=None, keys=False)


class Way(NamedTuple):
    """A way of calling: what the deployment accepts, what the caller sends, and what comes of it.

    `outcome`: 401 or 403 on every route that needs a role, or the role that is found.
    """

    sources: IdentitySources
    headers: Mapping[str, str]
    outcome: int | str


WAYS: dict[str, Way] = {
    **{f"platform {role}": Way(PLATFORM, header_of(role), role) for role in Role},
    **{f"token {role}": Way(BY_TOKEN, token_of(role), role) for role in Role},
    "a key where keys are allowed": Way(BY_KEY, KEY, "Operator"),
    "platform, signed in without a role": Way(PLATFORM, header_of(), NOT_PERMITTED),
    "platform, a role of another application": Way(PLATFORM, header_of("Owner", "operator"), NOT_PERMITTED),
    "token without a role": Way(BY_TOKEN, token_of(""), NOT_PERMITTED),
    "nobody, nothing set": Way(NOTHING, {}, NOT_SIGNED_IN),
    "nobody, platform": Way(PLATFORM, {}, NOT_SIGNED_IN),
    "nobody, tokens": Way(BY_TOKEN, {}, NOT_SIGNED_IN),
    "nobody, keys": Way(BY_KEY, {}, NOT_SIGNED_IN),
    "a key where keys are not allowed": Way(NOTHING, KEY, NOT_SIGNED_IN),
    "a key beside sign-in": Way(PLATFORM, KEY, NOT_SIGNED_IN),
    "a key beside tokens": Way(BY_TOKEN, KEY, NOT_SIGNED_IN),
    "a forged header, nothing set": Way(NOTHING, header_of(*Role), NOT_SIGNED_IN),
    "a forged header, tokens": Way(BY_TOKEN, header_of(*Role), NOT_SIGNED_IN),
    "a forged header, keys": Way(BY_KEY, header_of(*Role), NOT_SIGNED_IN),
    "a token where none is verified": Way(NOTHING, token_of("Operator"), NOT_SIGNED_IN),
    "a token that the platform let through": Way(PLATFORM, token_of("Operator"), NOT_SIGNED_IN),
    "an unknown token": Way(BY_TOKEN, token_of("Operator", "x"), NOT_SIGNED_IN),
    "another identity provider": Way(PLATFORM, header_of(*Role, provider="google"), NOT_SIGNED_IN),
    "a damaged header": Way(PLATFORM, {"X-MS-CLIENT-PRINCIPAL": "e30"}, NOT_SIGNED_IN),
    "two headers in one": Way(
        PLATFORM, {"X-MS-CLIENT-PRINCIPAL": ",".join([*header_of("Operator").values()] * 2)}, NOT_SIGNED_IN
    ),
}


@pytest.fixture
def api(world: World, api_of: Callable[[World], Api]) -> Api:
    """The API over a World without documents: whoever is let in gets an answer about that."""
    return api_of(world)


def refusal(operation: str, way: Way) -> int:
    """The status that a way must be refused with on a route, LET_IN when it must not be."""
    if operation in OPEN_OPERATIONS:
        return LET_IN
    if isinstance(way.outcome, int):
        return way.outcome
    return LET_IN if way.outcome in MAY[operation].split() else NOT_PERMITTED


async def answers(api: Api, operation: str, way: Way) -> tuple[int, Any]:
    """Status and body of a call; LET_IN for every status that is no refusal of the caller."""
    api.sources = way.sources
    api.headers = {"Content-Type": "application/json", "Host": "intray.example", **way.headers}
    answer = await api.call(operation, "no-such-document", body={})
    assert "no-store" == answer.headers["Cache-Control"]
    return (answer.status if answer.status in {NOT_SIGNED_IN, NOT_PERMITTED} else LET_IN), answer.body


def test_every_route_has_an_entry_and_every_entry_a_route() -> None:
    """A route without one is denied to everybody; the open ones are known by name."""
    assert set(OPERATIONS) == set(PERMITTED_ROLES) | OPEN_OPERATIONS == set(MAY) | {"health"}
    assert not set(PERMITTED_ROLES) & OPEN_OPERATIONS


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
async def test_the_matrix(api: Api, way: Way) -> None:
    """Each route answers a way as promised, and a refusal says what to do."""
    found = {operation: await answers(api, operation, way) for operation in OPERATIONS}
    assert {operation: refusal(operation, way) for operation in OPERATIONS} == {
        operation: status for operation, (status, _) in found.items()
    }
    for status, body in found.values():
        if status:
            assert ("not-signed-in" if status == NOT_SIGNED_IN else "not-permitted") in body["type"]
            assert body["detail"].endswith(".")


def test_the_matrix_is_whole() -> None:
    """Each source with and without what it asks for, and every role twice."""
    assert (28, 15) == (len(WAYS), len(OPERATIONS))
    assert dict.fromkeys(Role, 2) | {"Operator": 3} == {
        role: sum(way.outcome == role for way in WAYS.values()) for role in Role
    }


def test_an_auditor_reads_everything_and_changes_nothing() -> None:
    """Whatever is a GET is open to auditors, and whatever is none is closed to them."""
    reading = {name for name, allowed in METHODS.items() if allowed == ["GET"]}
    assert reading - OPEN_OPERATIONS == {name for name in MAY if "Auditor" in MAY[name]}
    assert set(OPERATIONS) - reading == CHANGES


async def test_who_sets_nothing_is_told_what_to_set(api: Api) -> None:
    """The answer names the settings, and says how a caller is asked for."""
    api.sources = NOTHING
    answer = await api.call("status")
    assert (401, "Bearer") == (answer.status, answer.headers["WWW-Authenticate"])
    assert {"INTRAY_TOKEN_ISSUER", "INTRAY_ALLOW_KEYS"} <= {word.strip(",:.") for word in answer.body["detail"].split()}
