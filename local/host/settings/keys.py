"""Access keys: made once, kept in the state directory, checked in constant time, never logged."""

import hmac
import json
import os
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from aiohttp import web

_FILE = "keys.json"
_SYSTEM_KEYS = ("blobs_extension", "eventgrid_extension")


def _new_key() -> str:
    return secrets.token_urlsafe(40)


@dataclass(frozen=True)
class Keys:
    """The keys of a function app, as `az functionapp keys list` shows them.

    Attributes:
        master: opens everything, the admin addresses too.
        functions: host keys (`default`), which open every function of level `function`.
        system: keys of the webhooks, by extension.
    """

    master: str = field(default_factory=_new_key)
    functions: dict[str, str] = field(default_factory=lambda: {"default": _new_key()})
    system: dict[str, str] = field(default_factory=lambda: {name: _new_key() for name in _SYSTEM_KEYS})

    @classmethod
    def load(cls, state: Path) -> "Keys":
        """Read the keys of a state directory, made at the first call; only the owner can read the file."""
        path = cls.path(state)
        if path.exists():
            return cls(**json.loads(path.read_text()))
        keys = cls()
        state.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(asdict(keys), file)
        return keys

    @staticmethod
    def path(state: Path) -> Path:
        """Return the file with the keys, as JSON with the names of the attributes."""
        return state / _FILE

    def admit(self, request: web.Request, level: str) -> bool:
        """Whether a request shows a key for a function's authorisation level (`anonymous`, `function`, `admin`)."""
        match level.lower():
            case "anonymous":
                return True
            case "function":
                return self._shows(request, [self.master, *self.functions.values()])
            case _:
                return self._shows(request, [self.master])

    def admit_webhook(self, request: web.Request, extension: str) -> bool:
        """Return whether a request shows the system key of an extension, or the master key."""
        return self._shows(request, [self.master, self.system[extension]])

    def _shows(self, request: web.Request, accepted: Iterable[str]) -> bool:
        shown = request.headers.get("x-functions-key") or request.query.get("code") or ""
        return any([hmac.compare_digest(shown.encode(), key.encode()) for key in accepted])  # noqa: C419 - all, always
