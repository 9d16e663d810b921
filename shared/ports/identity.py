"""Tokens that callers show where no platform signs them in."""

from collections.abc import Mapping
from typing import Protocol


class TokenVerifier(Protocol):
    """What verifies a bearer token: its signature, issuer, audience and time."""

    async def verify(self, token: str) -> Mapping[str, object]:
        """Return the token's claims; raises NotSignedIn, or Unavailable while the issuer's keys cannot be had."""
