"""The currency codes of ISO 4217, as babel lists them: those in use, and those that older documents name."""

from functools import cache

from babel.core import get_global


@cache
def currency_codes() -> frozenset[str]:
    """Return every ISO 4217 code that babel knows."""
    return frozenset(get_global("all_currencies"))
