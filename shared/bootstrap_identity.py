"""Build what says who calls the API, from the settings."""

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from shared.settings import Settings, platform_settings, settings

if TYPE_CHECKING:
    from shared.ports.identity import TokenVerifier


class IdentitySources(NamedTuple):
    """How callers may say who they are; with none of them every operation that needs a role is denied.

    `platform`: a sign-in of the platform is in front of the app and sets its header. `tokens`: the app verifies bearer
    tokens. `keys`: the Functions host asks for function keys.
    """

    platform: bool
    tokens: "TokenVerifier | None"
    keys: bool


def has_keys() -> bool:
    """Return whether the Functions host asks for function keys; for the indexing of the functions."""
    return settings().allow_keys


@cache
def identity_sources() -> IdentitySources:
    """Return how callers of this process may say who they are."""
    options = settings()
    platform = platform_settings().auth_enabled or options.platform_sign_in
    return IdentitySources(platform, _tokens(options), options.allow_keys)


def _tokens(options: Settings) -> "TokenVerifier | None":
    """Return the verifier of tokens; None where the settings do not name issuer, audience and keys."""
    if not (options.token_issuer and options.token_audience and options.token_keys_url):
        return None
    from shared.adapters.identity.tokens import JwtVerifier

    return JwtVerifier(options.token_issuer, options.token_audience, options.token_keys_url)
