"""Which blob and which request is for which function."""

import pytest

from local.event_grid.storage_source import blob_url
from local.host.triggers.blob_path import BlobPattern, blob_of_url
from local.host.triggers.http_trigger import Route
from local.host.workers.functions import Function, Trigger


@pytest.mark.parametrize(
    ("path", "blob", "expected"),
    [
        ("incoming/{name}", "incoming/a/b c.pdf", {"name": "a/b c.pdf"}),
        ("incoming/{name}", "INCOMING/a.pdf", {"name": "a.pdf"}),
        ("incoming/{name}", "incoming2/a.pdf", None),
        ("incoming/{type}/{name}.pdf", "incoming/invoice/x.y.pdf", {"type": "invoice", "name": "x.y"}),
        ("incoming/{name}.pdf", "incoming/a.PDF.txt", None),
        ("incoming/a+b/{name}", "incoming/a+b/c", {"name": "c"}),
        ("incoming", "incoming/any\nthing", {"name": "any\nthing"}),
    ],
)
def test_blob_paths_match_as_in_a_binding(path: str, blob: str, expected: dict[str, str] | None) -> None:
    """A placeholder takes slashes too; signs of the template are literal; containers ignore case."""
    container, _, name = blob.partition("/")
    assert expected == BlobPattern(path).match(container, name)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://127.0.0.1:10000/devstoreaccount1/in/a%20b/%C3%BC%F0%9F%8E%89.pdf", ("in", "a b/ü🎉.pdf")),
        ("https://acc.blob.core.windows.net/in/a%2520b%23%3F+c.pdf", ("in", "a%20b#?+c.pdf")),
        ("https://acc.blob.core.windows.net/in/a.pdf?snapshot=1", ("in", "a.pdf")),
    ],
)
def test_a_blob_is_read_from_its_url(url: str, expected: tuple[str, str]) -> None:
    """Encoding is undone once; the account may be in the host or in the path."""
    assert expected == blob_of_url(url)


def test_a_url_without_a_blob_is_refused() -> None:
    """An event about a container is no blob event."""
    with pytest.raises(ValueError, match="no blob is named"):
        blob_of_url("https://acc.blob.core.windows.net/in")


def route(template: str, name: str = "f") -> Route:
    return Route(Function(name, "id", Trigger("httpTrigger", "req", {"route": template} if template else {}, False)))


@pytest.mark.parametrize(
    ("template", "path", "expected"),
    [
        ("", "f", {}),
        ("documents/{id}", "documents/a%2Fb", {"id": "a/b"}),
        ("documents/{id}", "Documents/7/", {"id": "7"}),
        ("documents/{id}", "documents", None),
        ("documents/{id}", "documents/7/pages", None),
        ("documents/{id:int}", "documents/x", None),
        ("documents/{id?}", "documents", {}),
        ("files/{*rest}", "files/a/b", {"rest": "a/b"}),
        ("files/{*rest}", "files", {}),
        ("v{version}/x.y", "v2/x.y", {"version": "2"}),
        ("v{version}/x.y", "v2/xzy", None),
    ],
)
def test_routes_match_as_in_a_binding(template: str, path: str, expected: dict[str, str] | None) -> None:
    """Parameters take one segment, `*` the rest, `?` may be absent; what is literal ignores case."""
    assert expected == route(template).match(path)


def test_what_is_fixed_comes_before_what_is_a_parameter() -> None:
    """`reviews/next` must not be taken for `reviews/{id}`."""
    templates = ["{*rest}", "reviews/{id}", "reviews/next", "{kind}/next"]
    expected = ["reviews/next", "reviews/{id}", "{kind}/next", "{*rest}"]
    assert expected == [one.template for one in sorted(map(route, templates), key=lambda one: one.rank)]


@pytest.mark.parametrize("name", ["a\nb", "a\tb", "a\x00b", "a\x7fb", "100%", "%0A", "a?b#c", "//a", " a "])
@pytest.mark.parametrize("account", ["https://acc.blob.core.windows.net", "http://127.0.0.1:10000/acc"])
def test_a_url_names_the_blob_whatever_is_in_its_name(account: str, name: str) -> None:
    """What the storage service percent-encodes comes back as it was."""
    assert ("in", name) == blob_of_url(blob_url(account, "in", name))
    assert ("in", "a\nb") == blob_of_url(f"{account}/in/a\nb")  # not encoded, as a sender may leave it
