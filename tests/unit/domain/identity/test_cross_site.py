"""Changes that a page of another site asks for, with the cookie of somebody who is signed in."""

import pytest

from shared.domain.identity.cross_site import check_same_site
from shared.domain.identity.principal import NotPermitted

HOST = "intray.example"


def is_refused(method: str, headers: dict[str, str]) -> bool:
    """Whether a request to HOST is refused."""
    try:
        check_same_site(method, headers, HOST)
    except NotPermitted:
        return True
    return False


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"sec-fetch-site": "same-origin", "origin": f"https://{HOST}"},
        {"sec-fetch-site": "same-origin", "origin": "https://behind-a-proxy.example"},
        {"sec-fetch-site": "none"},
        {"origin": f"https://{HOST}"},
        {"origin": f"https://{HOST.upper()}"},
    ],
)
def test_accepts_programs_and_own_pages(headers: dict[str, str]) -> None:
    """Programs send neither header; browsers say it themselves, whatever the host is called behind a proxy."""
    assert not is_refused("POST", headers)


@pytest.mark.parametrize("method", ["POST", "DELETE", "PUT", "PATCH", "post"])
@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site", "origin": "https://evil.example"},
        {"sec-fetch-site": "same-site", "origin": "https://other.intray.example"},
        {"sec-fetch-site": "cross-site", "origin": f"https://{HOST}"},
        {"origin": "https://evil.example"},
        {"origin": f"https://{HOST}.evil.example"},
        {"origin": f"https://{HOST}:444"},
        {"origin": "null"},
    ],
)
def test_rejects_pages_of_other_sites(method: str, headers: dict[str, str]) -> None:
    """Another origin of the same site counts as another site."""
    assert is_refused(method, headers)


def test_reading_is_left_to_the_browser() -> None:
    """It shows another site nothing: no answer allows other origins."""
    assert not is_refused("GET", {"sec-fetch-site": "cross-site", "origin": "https://evil.example"})
