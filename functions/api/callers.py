"""Who makes a request, by the ways that the settings allow."""

import azure.functions as func

from shared.bootstrap_identity import identity_sources
from shared.domain.identity.claims import read_client_principal, read_token_claims
from shared.domain.identity.principal import NotSignedIn, Principal, principal_of_key

PLATFORM_HEADER = "X-MS-CLIENT-PRINCIPAL"
_BEARER = "bearer "
_SIGN_IN_FIRST = "Sign in with Microsoft Entra ID, or send one of its tokens: Authorization: Bearer TOKEN."
_SHOW_A_KEY = "Send a function key in the header x-functions-key."
_NOTHING_SET = (
    "This deployment lets nobody in yet. Set up sign-in, or INTRAY_TOKEN_ISSUER, INTRAY_TOKEN_AUDIENCE and "
    "INTRAY_TOKEN_KEYS_URL, or INTRAY_ALLOW_KEYS: docs/deploy.md, Sign-in."
)


async def identify(req: func.HttpRequest) -> Principal:
    """Return who makes a request; raises NotSignedIn, or Unavailable while the issuer's keys cannot be had.

    The header of the platform counts only where the platform sets it: elsewhere anybody can send it. A key was checked
    by the Functions host, which asks for one on every route where keys are allowed.
    """
    sources = identity_sources()
    if sources.platform and (header := req.headers.get(PLATFORM_HEADER)):
        return read_client_principal(header)
    authorization = req.headers.get("Authorization") or ""
    if sources.tokens and authorization.lower().startswith(_BEARER):
        return read_token_claims(await sources.tokens.verify(authorization[len(_BEARER) :].strip()))
    if sources.keys and (key := req.headers.get("x-functions-key") or req.params.get("code")):
        return principal_of_key(key)
    if sources.platform or sources.tokens:
        raise NotSignedIn(_SIGN_IN_FIRST)
    raise NotSignedIn(_SHOW_A_KEY if sources.keys else _NOTHING_SET)
