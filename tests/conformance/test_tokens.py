"""The TokenVerifier port: PyJWT over keys that a server publishes, and the twin."""

import asyncio
import hmac
import json
import time
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Mapping
from typing import Any, Self

import jwt
import pytest
from aiohttp import web
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from shared.adapters.identity import tokens
from shared.adapters.identity.tokens import JwtVerifier
from shared.domain.base.errors import Unavailable
from shared.domain.identity.claims import read_token_claims
from shared.domain.identity.principal import NotSignedIn, Role
from shared.ports.identity import TokenVerifier
from shared.testing.identity import MemoryTokens

ISSUER = "https://login.example/tenant/v2.0"
AUDIENCE = "9f9f9f9f-0000-4000-8000-000000000002"
OID = "0a1b2c3d-0000-4000-8000-000000000001"
FIRST, SECOND = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))


class Issuer:
    """Publishes keys on loopback, counts how often it is asked, and fails on demand."""

    def __init__(self) -> None:
        self.keys = {"first": FIRST}
        self.status = 200
        self.asked = 0
        self.url = ""

    async def handle(self, _request: web.Request) -> web.Response:
        self.asked += 1
        keys = [
            {**json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key())), "kid": name, "use": "sig"}
            for name, key in self.keys.items()
        ]
        return web.json_response({"keys": keys}, status=self.status)

    async def __aenter__(self) -> Self:
        application = web.Application()
        application.router.add_get("/keys", self.handle)
        self._runner = web.AppRunner(application)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/keys"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()


@pytest.fixture
async def issuer() -> AsyncIterator[Issuer]:
    """An issuer with one key."""
    async with Issuer() as running:
        yield running


@pytest.fixture
def verifier(issuer: Issuer) -> JwtVerifier:
    """A verifier that has fetched nothing yet."""
    return JwtVerifier(ISSUER, (AUDIENCE, f"api://{AUDIENCE}"), issuer.url)


def claims(**changes: object) -> dict[str, Any]:
    """The claims of a valid token; a change to None leaves one out."""
    now = int(time.time())
    valid: dict[str, object] = {
        "iss": ISSUER, "aud": AUDIENCE, "exp": now + 3600, "nbf": now - 5, "iat": now - 5, "oid": OID, "sub": OID,
        "azp": "a-program", "roles": ["Operator"],
    }  # fmt: skip
    return {name: value for name, value in (valid | changes).items() if value is not None}


def signed(content: Mapping[str, Any], key: Any = FIRST, kid: str | None = "first", algorithm: str = "RS256") -> str:
    """A token."""
    return jwt.encode(dict(content), key, algorithm, headers={"kid": kid} if kid else None)


def signed_with_public_key(content: Mapping[str, Any]) -> list[str]:
    """Tokens of HS256 whose shared secret is the public key, in both of its encodings."""
    secrets = [
        FIRST.public_key().public_bytes(encoding, serialization.PublicFormat.SubjectPublicKeyInfo)
        for encoding in (serialization.Encoding.DER, serialization.Encoding.PEM)
    ]
    parts = [{"alg": "HS256", "typ": "JWT", "kid": "first"}, content]
    text = b".".join(urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in parts)
    signatures = [urlsafe_b64encode(hmac.digest(secret, text, "sha256")).rstrip(b"=") for secret in secrets]
    return [b".".join((text, signature)).decode() for signature in signatures]


@pytest.fixture(params=["memory", "jwt"])
def any_verifier(request: pytest.FixtureRequest, verifier: JwtVerifier) -> TokenVerifier:
    """Both implementations; the twin knows the valid token of this file."""
    return verifier if request.param == "jwt" else MemoryTokens({VALID: CLAIMS})


CLAIMS = claims()
VALID = signed(CLAIMS)


async def test_returns_the_claims_of_a_valid_token(any_verifier: TokenVerifier) -> None:
    """They make a caller with the roles of the token."""
    caller = read_token_claims(await any_verifier.verify(VALID))
    assert ("app:a-program", frozenset({Role.OPERATOR}), "token") == (caller.id, caller.roles, caller.verified_by)


async def test_rejects_an_unknown_token(any_verifier: TokenVerifier) -> None:
    """A changed one too; the message quotes none of it."""
    for token in ("", "x", "a.b.c", f"{VALID}x", VALID[:-8], VALID.rpartition(".")[0] + "."):
        with pytest.raises(NotSignedIn) as raised:
            await any_verifier.verify(token)
        assert VALID[:16] not in str(raised.value)


WRONG_CLAIMS: dict[str, dict[str, object]] = {
    "expired": {"exp": int(time.time()) - 120},
    "not yet valid": {"nbf": int(time.time()) + 600},
    "issued in the future": {"iat": int(time.time()) + 600},
    "another audience": {"aud": "somebody-else"},
    "no audience": {"aud": None},
    "another issuer": {"iss": "https://login.example/other/v2.0"},
    "an issuer that begins alike": {"iss": f"{ISSUER}/"},
    "no issuer": {"iss": None},
    "no expiry": {"exp": None},
    "an expiry that is no number": {"exp": "never"},
}


@pytest.mark.parametrize("changes", WRONG_CLAIMS.values(), ids=WRONG_CLAIMS)
async def test_rejects_a_token_with_wrong_claims(verifier: JwtVerifier, changes: dict[str, object]) -> None:
    """Each of them alone, though the signature is right."""
    with pytest.raises(NotSignedIn):
        await verifier.verify(signed(claims(**changes)))


async def test_accepts_what_the_clocks_of_two_machines_differ_by(verifier: JwtVerifier) -> None:
    """A minute, and the second audience in a list."""
    now = int(time.time())
    token = signed(claims(exp=now - 30, nbf=now + 30, aud=["x", f"api://{AUDIENCE}"]))
    assert OID == (await verifier.verify(token))["oid"]


async def test_a_token_without_roles_gives_a_caller_without_roles(verifier: JwtVerifier) -> None:
    """Whoever has a token of the tenant is known, and may do nothing."""
    assert frozenset() == read_token_claims(await verifier.verify(signed(claims(roles=None)))).roles


async def test_rejects_every_algorithm_but_the_allowed(verifier: JwtVerifier, issuer: Issuer) -> None:
    """No signature; a signature made with the public key as a shared secret; another kind of RSA signature."""
    unsigned = jwt.encode(claims(), "", "none", headers={"kid": "first"})
    for token in (
        unsigned,
        *signed_with_public_key(claims()),
        signed(claims(), algorithm="RS512"),
        signed(claims(), algorithm="PS256"),
        signed(claims(), kid=None),
    ):
        with pytest.raises(NotSignedIn):
            await verifier.verify(token)
    assert 0 == issuer.asked


async def test_rejects_a_signature_of_another_key(verifier: JwtVerifier) -> None:
    """Under the name of the right one."""
    with pytest.raises(NotSignedIn):
        await verifier.verify(signed(claims(), SECOND))


async def test_keys_are_fetched_once_and_again_for_a_new_one(
    verifier: JwtVerifier, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the issuer changes its key; but made-up key ids do not make us ask it again and again."""
    await asyncio.gather(*(verifier.verify(VALID) for _ in range(5)))
    assert 1 == issuer.asked
    issuer.keys = {"second": SECOND}
    new = signed(claims(), SECOND, "second")
    for number in range(20):
        with pytest.raises(NotSignedIn):
            await verifier.verify(signed(claims(), SECOND, f"made-up-{number}"))
    with pytest.raises(NotSignedIn):
        await verifier.verify(new)
    assert 1 == issuer.asked
    later = time.monotonic() + tokens._UNKNOWN_KEY_SECONDS + 1
    monkeypatch.setattr(time, "monotonic", lambda: later)
    assert OID == (await verifier.verify(new))["oid"]
    with pytest.raises(NotSignedIn):
        await verifier.verify(VALID)
    assert 2 == issuer.asked


async def test_is_unavailable_while_the_keys_cannot_be_had(
    verifier: JwtVerifier, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is let in, nobody is told that the token is wrong, and the issuer is left alone for a while."""
    issuer.status = 503
    for _ in range(10):
        with pytest.raises(Unavailable, match="INTRAY_TOKEN_KEYS_URL"):
            await verifier.verify(VALID)
    assert 1 == issuer.asked
    issuer.status = 200
    later = time.monotonic() + tokens._FAILURE_SECONDS + 1
    monkeypatch.setattr(time, "monotonic", lambda: later)
    assert OID == (await verifier.verify(VALID))["oid"]
    assert 2 == issuer.asked


async def test_is_unavailable_where_nobody_listens() -> None:
    """A wrong address is no reason to let anybody in."""
    with pytest.raises(Unavailable):
        await JwtVerifier(ISSUER, (AUDIENCE,), "http://127.0.0.1:9/keys").verify(VALID)


async def test_rejects_a_token_without_end(verifier: JwtVerifier, issuer: Issuer) -> None:
    """It is not even parsed."""
    with pytest.raises(NotSignedIn, match="too long"):
        await verifier.verify("x" * (tokens.MAX_TOKEN_LENGTH + 1))
    assert 0 == issuer.asked
