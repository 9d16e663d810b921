"""Which ways of saying who calls the settings and the platform open."""

import pytest

from shared import bootstrap_identity
from shared.bootstrap_identity import IdentitySources
from shared.environment import PlatformSettings, StorageSettings
from shared.setting_checks import find_missing_settings
from shared.setting_values import InvalidSettings
from shared.settings import Settings

TOKENS = {
    "INTRAY_TOKEN_ISSUER": "https://login.example/tenant/v2.0",
    "INTRAY_TOKEN_AUDIENCE": "first, second",
    "INTRAY_TOKEN_KEYS_URL": "https://login.example/tenant/keys",
}


def sources(monkeypatch: pytest.MonkeyPatch, **environment: str) -> IdentitySources:
    """What a process with this environment accepts."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(bootstrap_identity, "settings", Settings)
    monkeypatch.setattr(bootstrap_identity, "platform_settings", PlatformSettings)
    return bootstrap_identity.identity_sources.__wrapped__()


def test_nothing_is_accepted_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a header, nor a token, nor a key."""
    assert IdentitySources(platform=False, tokens=None, keys=False) == sources(monkeypatch)


@pytest.mark.parametrize(
    ("value", "accepted"),
    [("True", True), ("true", True), ("1", True), ("False", False), ("", False), ("maybe", False)],
)
def test_the_platform_says_that_it_signs_callers_in(
    monkeypatch: pytest.MonkeyPatch, value: str, accepted: bool
) -> None:
    """Whatever else its variable holds means that it does not."""
    assert accepted == sources(monkeypatch, WEBSITE_AUTH_ENABLED=value).platform


def test_each_way_is_opened_by_its_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """And by nothing else."""
    found = sources(monkeypatch, **TOKENS, INTRAY_ALLOW_KEYS="true", INTRAY_PLATFORM_SIGN_IN="true")
    assert (True, True, True) == (found.platform, found.tokens is not None, found.keys)
    assert ("first", "second") == Settings().token_audience


@pytest.mark.parametrize("missing", TOKENS)
def test_half_of_the_settings_for_tokens_accept_none(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    """The log names the missing one at the start."""
    found = sources(monkeypatch, **{name: value for name, value in TOKENS.items() if name != missing})
    problems = find_missing_settings(Settings(), StorageSettings())
    assert found.tokens is None
    assert [missing] == [line.split()[0] for line in problems if line.startswith("INTRAY_TOKEN_")]


@pytest.mark.parametrize("address", ["http://login.example/keys", "file:///etc/keys", "login.example/keys"])
def test_keys_are_fetched_under_https_only(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    """Whoever could change them on the way could sign tokens; this machine is no way."""
    monkeypatch.setenv("INTRAY_TOKEN_KEYS_URL", address)
    with pytest.raises(InvalidSettings, match="INTRAY_TOKEN_KEYS_URL"):
        Settings()
    monkeypatch.setenv("INTRAY_TOKEN_KEYS_URL", "http://127.0.0.1:9/keys")
    assert "http://127.0.0.1:9/keys" == Settings().token_keys_url
