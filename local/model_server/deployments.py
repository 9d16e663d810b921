"""Which deployment names the server answers to, and what each kind of model accepts."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

# Families as Azure names them; ours come first and are what a local configuration uses.
BUILT_IN = (
    "offline-reader",
    "offline-reasoner",
    "gpt-5.4",
    "gpt-5.4-mini",
    "gpt-5.4-nano",
    "gpt-4.1",
    "gpt-4.1-mini",
    "gpt-4.1-nano",
    "gpt-4o",
    "gpt-4o-mini",
    "o3",
    "o4-mini",
)


@dataclass(frozen=True)
class Deployment:
    """A name a client may ask for and the model behind it, which decides parameters and image tokens."""

    name: str
    model: str

    @property
    def reasoning(self) -> bool:
        """Whether the model refuses sampling parameters and takes `reasoning_effort`."""
        return bool(re.match(r"o\d|gpt-5|offline-reasoner", self.model))


class Catalogue:
    """The deployments of one server. `extra` entries read `NAME` or `NAME=MODEL`."""

    def __init__(self, extra: tuple[str, ...] = ()) -> None:
        pairs = [(name, name) for name in BUILT_IN]
        for entry in extra:
            name, _, model = entry.partition("=")
            pairs.append((name, model or name))
        self._by_name = {name: Deployment(name, model) for name, model in pairs}

    def find(self, name: str) -> Deployment | None:
        """Return the deployment of that name, or None."""
        return self._by_name.get(name)

    def __iter__(self) -> Iterator[Deployment]:
        return iter(self._by_name.values())
