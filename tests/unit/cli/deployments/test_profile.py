"""The deployments that a user names: addresses that may be trusted with a token, and a file without secrets."""

from pathlib import Path

import pytest

from cli.deployments.profile import Deployment, find_deployment, load_deployments, save_deployments
from local.cloud.addresses import CloudError

URL = "https://func-x.azurewebsites.net"


@pytest.mark.parametrize("url", [URL, f"{URL}/", f"{URL}/api", f"{URL}/api/", f" {URL} "])
def test_the_base_address_is_kept(url: str) -> None:
    """However the address was copied."""
    assert URL == Deployment.of(url).url


@pytest.mark.parametrize("url", ["http://127.0.0.1:7071", "http://localhost:7071"])
def test_plain_http_is_for_this_machine(url: str) -> None:
    """A local app has no certificate."""
    assert url == Deployment.of(url).url


@pytest.mark.parametrize(
    "url",
    ["http://func-x.azurewebsites.net", "func-x.azurewebsites.net", "", "https://", "ftp://x", "https://a:b@x.net",
     "https://x.net/?code=secret", "https://x.net/#a"],
)  # fmt: skip
def test_an_address_that_would_leak_a_key_is_refused(url: str) -> None:
    """Tokens and keys go to it with every request."""
    with pytest.raises(CloudError, match=r"https://"):
        Deployment.of(url)


def test_a_deployment_comes_back_by_name_and_by_address(tmp_path: Path) -> None:
    """The address finds the sign-in that belongs to it."""
    file, deployment = tmp_path / "intray" / "deployments.yaml", Deployment.of(URL, "1234-abcd")
    save_deployments(file, {"prod": deployment})
    assert deployment == find_deployment("prod", file) == find_deployment(f"{URL}/api", file)
    assert Deployment.of("https://other.net") == find_deployment("https://other.net", file)


def test_an_unknown_name_says_what_is_known(tmp_path: Path) -> None:
    """Mistyped names are the usual case."""
    file = tmp_path / "deployments.yaml"
    with pytest.raises(CloudError, match="none is known yet"):
        find_deployment("prod", file)
    save_deployments(file, {"test": Deployment.of(URL)})
    with pytest.raises(CloudError, match=r"known: test.*intray deployments add prod URL"):
        find_deployment("prod", file)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("deployments: [", "not valid YAML"),
        ("deployments: {prod: {url: http://x.net}}", "https://"),
        ("deployments: {prod: {url: https://x.net, key: secret}}", "key"),
        ("deployments: {Prod!: {url: https://x.net}}", "Prod!"),
    ],
)
def test_a_damaged_file_is_named_with_its_problem(tmp_path: Path, text: str, reason: str) -> None:
    """A key that somebody put into the file is refused too: keys are not stored."""
    file = tmp_path / "deployments.yaml"
    file.write_text(text)
    with pytest.raises(CloudError, match=reason) as failure:
        load_deployments(file)
    assert str(file) in str(failure.value)
    assert "secret" not in str(failure.value)
