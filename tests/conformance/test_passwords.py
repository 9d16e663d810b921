"""The Passwords port: a file, Azure Key Vault through its real client, and the twin."""

import ipaddress
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

import pytest
import yaml
from aiohttp import web
from azure.core.credentials import AccessToken
from azure.core.pipeline.transport import AioHttpTransport
from azure.keyvault.secrets.aio import SecretClient
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from shared.adapters.secrets.key_vault import KeyVaultPasswords
from shared.adapters.secrets.password_file import PasswordFile
from shared.domain.base.errors import Blocked, Permanent, Throttled, Unavailable
from shared.ports.passwords import Passwords
from shared.testing.passwords import MemoryPasswords

LISTS = {"invoice": ["first", "naïve ✓ and spaces "], "tax_form": ["0042", "first"], "*": ["last"]}
TOKEN = "a token of nobody"


class Vault:
    """A Key Vault on loopback: its challenge, its secrets, its errors (REST API 7.6, `GET /secrets/NAME`)."""

    def __init__(self) -> None:
        self.secrets: dict[str, str] = {}
        self.status = 200
        self.asked: list[str] = []
        self.url = ""

    async def handle(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            challenge = 'Bearer authorization="https://login.example/tenant", resource="https://vault.example"'
            return web.json_response({}, status=401, headers={"WWW-Authenticate": challenge})
        name = request.match_info["name"]
        self.asked.append(name)
        if self.status != 200:
            error = {"error": {"code": "Trouble", "message": "..."}}
            return web.json_response(error, status=self.status, headers={"Retry-After": "7"})
        if name not in self.secrets:
            return web.json_response({"error": {"code": "SecretNotFound", "message": "..."}}, status=404)
        body = {"value": self.secrets[name], "id": f"{self.url}/secrets/{name}/1", "attributes": {"enabled": True}}
        return web.json_response(body)


class Credential:
    """Whoever asks gets the token."""

    async def get_token(self, *scopes: str, **options: object) -> AccessToken:
        return AccessToken(TOKEN, 4_000_000_000)

    async def close(self) -> None: ...

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exception: object) -> None: ...


def certificate(folder: Path) -> Path:
    """A certificate for 127.0.0.1 with its key: the client sends its token over TLS only."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "vault on loopback")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    target = folder / "vault.pem"
    target.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return target


@pytest.fixture
async def vault(tmp_path: Path) -> AsyncIterator[Vault]:
    served = Vault()
    app = web.Application()
    app.router.add_get("/secrets/{name}{rest:/?}", served.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate(tmp_path))
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
    await site.start()
    served.url = f"https://127.0.0.1:{runner.addresses[0][1]}"
    yield served
    await runner.cleanup()


@pytest.fixture
async def from_vault(vault: Vault, tmp_path: Path) -> AsyncIterator[KeyVaultPasswords]:
    transport = AioHttpTransport(connection_verify=str(tmp_path / "vault.pem"))
    # Only for loopback: a real vault's challenge must name the vault's own domain.
    client = SecretClient(vault.url, Credential(), verify_challenge_resource=False, transport=transport, retry_total=0)
    passwords = KeyVaultPasswords(client)
    yield passwords
    await passwords.close()


@pytest.fixture(params=["memory", "file", "key vault"])
def passwords(request: pytest.FixtureRequest, tmp_path: Path) -> Passwords:
    if request.param == "memory":
        return MemoryPasswords(LISTS)
    if request.param == "file":
        (tmp_path / "passwords.yaml").write_text(yaml.safe_dump(LISTS, allow_unicode=True), encoding="utf-8")
        return PasswordFile(tmp_path / "passwords.yaml")
    vault: Vault = request.getfixturevalue("vault")
    vault.secrets |= {
        f"passwords-{name.replace('_', '-').replace('*', 'any')}": "\n".join(words) for name, words in LISTS.items()
    }
    adapter: KeyVaultPasswords = request.getfixturevalue("from_vault")
    return adapter


async def test_a_types_passwords_come_before_those_for_any(passwords: Passwords) -> None:
    """Each once, exactly as they were written."""
    assert ("first", "naïve ✓ and spaces ", "last") == await passwords.of(["invoice"])
    assert ("first", "naïve ✓ and spaces ", "0042", "last") == await passwords.of(["invoice", "tax_form"])


async def test_a_type_without_passwords_has_those_for_any(passwords: Passwords) -> None:
    """Nobody must list every type."""
    assert ("last",) == await passwords.of(["unheard_of"])


async def test_a_password_that_was_just_added_is_there(vault: Vault, from_vault: Passwords, tmp_path: Path) -> None:
    """The next replay needs it, not the next restart."""
    file = PasswordFile(tmp_path / "later.yaml")
    (tmp_path / "later.yaml").write_text("")
    assert ((), ()) == (await file.of(["invoice"]), await from_vault.of(["invoice"]))
    (tmp_path / "later.yaml").write_text('invoice: ["new"]')
    vault.secrets["passwords-invoice"] = "new\n"
    assert (("new",), ("new",)) == (await file.of(["invoice"]), await from_vault.of(["invoice"]))


@pytest.mark.parametrize("content", ["invoice: secret", "invoice: [secret, 42]", "{[", "- secret"])
async def test_a_broken_file_says_what_to_do_and_shows_no_password(tmp_path: Path, content: str) -> None:
    """The message ends up with the document."""
    (tmp_path / "p.yaml").write_text(content)
    with pytest.raises(Permanent) as caught:
        await PasswordFile(tmp_path / "p.yaml").of(["invoice"])
    told = str(caught.value)
    assert ("bad_passwords", True, False) == (caught.value.code, "INTRAY_PASSWORDS_FILE" in told, "secret" in told)


async def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    """A setting that names no file is a mistake, not a file without passwords."""
    with pytest.raises(Permanent, match="INTRAY_PASSWORDS_FILE"):
        await PasswordFile(tmp_path / "none.yaml").of(["invoice"])


@pytest.mark.parametrize(("status", "kind"), [(429, Throttled), (503, Unavailable), (403, Blocked)])
async def test_trouble_with_the_vault_is_told_in_our_words(
    vault: Vault, from_vault: Passwords, status: int, kind: type[Exception]
) -> None:
    """A vault that is away must not make a file fail for want of a password."""
    vault.status = status
    with pytest.raises(kind):
        await from_vault.of(["invoice"])


async def test_a_vault_is_trusted_by_its_certificate_only(vault: Vault) -> None:
    """A token must not go to whoever answers."""
    client = SecretClient(vault.url, Credential(), verify_challenge_resource=False, retry_total=0)
    stranger = KeyVaultPasswords(client)
    with pytest.raises(Unavailable):
        await stranger.of(["invoice"])
    await stranger.close()
    assert [] == vault.asked
