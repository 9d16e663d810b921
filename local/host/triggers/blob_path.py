"""The path of a blob trigger, such as `incoming/{name}`, and the blobs that it matches."""

import re
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import unquote

_PLACEHOLDER = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")

_END_OF_PATH = re.compile(r"[?#]")


@dataclass(frozen=True)
class BlobPattern:
    """A container and a template for names; a placeholder takes any text, slashes too, and as much as it can."""

    path: str

    @property
    def container(self) -> str:
        """The container, which may hold no placeholder."""
        return self.path.partition("/")[0]

    def match(self, container: str, name: str) -> dict[str, str] | None:
        """Return the values of the placeholders, or None when the blob is not meant."""
        if container.lower() != self.container.lower():
            return None
        match = self._expression.fullmatch(name)
        return match.groupdict() if match else None

    @cached_property
    def _expression(self) -> re.Pattern[str]:
        template = self.path.partition("/")[2] or "{name}"
        parts = _PLACEHOLDER.split(template)
        # split gives text and placeholder names in turn
        pattern = "".join(f"(?P<{part}>.+)" if index % 2 else re.escape(part) for index, part in enumerate(parts))
        return re.compile(pattern, re.DOTALL)


def blob_of_url(url: str) -> tuple[str, str]:
    """Container and name of a blob from its URL, percent-encoding undone.

    The account is the first label of the host (`https://ACCOUNT.blob...`) or, on an address without one as Azurite's,
    the first part of the path.

    Raises:
        ValueError: the URL names no blob.
    """
    host, _, path = url.partition("://")[2].partition("/")  # urlsplit would drop line breaks and tabs
    segments = _END_OF_PATH.split(path, maxsplit=1)[0].lstrip("/")
    if ".blob." not in host and ".dfs." not in host:
        segments = segments.partition("/")[2]
    container, _, name = segments.partition("/")
    if not container or not name:
        raise ValueError("no blob is named by the URL of an event")
    return unquote(container), unquote(name)
