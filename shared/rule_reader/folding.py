"""Words without case and accents, for comparing them."""

import unicodedata
from functools import lru_cache


@lru_cache(maxsize=50_000)
def plain(text: str) -> str:
    """Return a text in lower case without accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))
