"""Requests that another web site makes with the session cookie of a signed-in person (CSRF)."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from shared.domain.identity.principal import NotPermitted

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_OWN_SITES = frozenset({"same-origin", "none"})


def check_same_site(method: str, headers: Mapping[str, str], host: str) -> None:
    """Raise NotPermitted when a browser says that a page of another origin makes a request which changes something.

    Browsers send `Sec-Fetch-Site` or at least `Origin` with such requests, and pages cannot set either. Programs send
    neither and hold no cookie. `host`: name and port under which the request arrived. `headers`: names in lower case.
    """
    if method.upper() in SAFE_METHODS:
        return
    site, origin = headers.get("sec-fetch-site", ""), headers.get("origin", "")
    is_own_page = not origin or urlsplit(origin).netloc.lower() == host.lower()
    if not (site in _OWN_SITES if site else is_own_page):
        raise NotPermitted("The request comes from a page of another site: changes are accepted from Intray's own.")
