"""Bearer tokens of an OpenID Connect issuer such as Microsoft Entra ID, verified with PyJWT."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from shared.domain.base.errors import Unavailable
from shared.domain.identity.principal import NotSignedIn

if TYPE_CHECKING:
    from jwt import PyJWK

ALGORITHMS = ("RS256",)
"""What tokens may be signed with: never `none`, never a shared secret."""
LEEWAY_SECONDS = 60
MAX_TOKEN_LENGTH = 16_384
_KEYS_LIFESPAN_SECONDS = 3_600
_UNKNOWN_KEY_SECONDS = 60
"""Keys are fetched again for an unknown key id at most this often: anybody can make one up."""
_FAILURE_SECONDS = 5
"""After a failed fetch the issuer is left alone for so long."""
_FETCH_SECONDS = 5


class JwtVerifier:
    """The TokenVerifier port over an issuer's published keys (JWKS), which are kept for an hour."""

    def __init__(self, issuer: str, audiences: Sequence[str], keys_url: str) -> None:
        from jwt import PyJWKClient

        self._issuer = issuer
        self._audiences = tuple(audiences)
        self._keys = PyJWKClient(
            keys_url,
            lifespan=_KEYS_LIFESPAN_SECONDS,
            timeout=_FETCH_SECONDS,
            cooldown_duration=_UNKNOWN_KEY_SECONDS,
        )
        self._failed: float | None = None

    async def verify(self, token: str) -> Mapping[str, object]:
        """Return the claims of a token of this issuer for one of the audiences, signed with RS256 and valid now.

        Raises NotSignedIn that says what is wrong, without a part of the token, or Unavailable.
        """
        import jwt

        if len(token) > MAX_TOKEN_LENGTH:
            raise NotSignedIn("The token is too long.")
        try:
            key = await self._signing_key(jwt.get_unverified_header(token))
            claims: dict[str, object] = jwt.decode(
                token,
                key,
                algorithms=list(ALGORITHMS),
                audience=self._audiences,
                issuer=self._issuer,
                leeway=LEEWAY_SECONDS,
                options={"require": ["exp", "iss", "aud"]},
            )
        except jwt.ExpiredSignatureError:
            raise NotSignedIn("The token has expired: request a new one.") from None
        except jwt.ImmatureSignatureError:
            raise NotSignedIn("The token is not valid yet: check the clock of whoever issued it.") from None
        except jwt.InvalidAudienceError:
            raise NotSignedIn("The token is for another application: request one for INTRAY_TOKEN_AUDIENCE.") from None
        except jwt.InvalidIssuerError:
            raise NotSignedIn("The token is from another issuer than INTRAY_TOKEN_ISSUER.") from None
        except jwt.PyJWTError:
            raise NotSignedIn("The token is not valid.") from None
        return claims

    async def _signing_key(self, header: Mapping[str, object]) -> "PyJWK":
        """Return the issuer's key that a token names; fetch the keys when they are old or do not have it."""
        import jwt

        key_id = header.get("kid")
        if header.get("alg") not in ALGORITHMS or not isinstance(key_id, str):
            raise NotSignedIn(f"The token must be signed with {', '.join(ALGORITHMS)} and name its key.")
        if self._failed is not None and time.monotonic() - self._failed < _FAILURE_SECONDS:
            raise Unavailable("The keys of INTRAY_TOKEN_KEYS_URL cannot be fetched.")
        try:
            key = await asyncio.to_thread(self._keys.get_signing_key, key_id)
        except (jwt.exceptions.PyJWKClientConnectionError, ValueError) as error:
            self._failed = time.monotonic()
            raise Unavailable("The keys of INTRAY_TOKEN_KEYS_URL cannot be fetched.") from error
        self._failed = None
        return key
