"""Tokens in a dictionary."""

from collections.abc import Mapping

from shared.domain.identity.principal import NotSignedIn


class MemoryTokens:
    """The TokenVerifier port in memory: claims by token."""

    def __init__(self, claims: Mapping[str, Mapping[str, object]]) -> None:
        self.claims = dict(claims)

    async def verify(self, token: str) -> Mapping[str, object]:
        """Return the claims of a known token; raises NotSignedIn."""
        if token not in self.claims:
            raise NotSignedIn("The token is not valid.")
        return self.claims[token]
