"""The functions of the app as the worker found them, and what this host can do with their bindings."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from local.host.settings.config import AppSettings, ConfigError

_TRIGGERS = frozenset({"blobTrigger", "eventGridTrigger", "httpTrigger", "queueTrigger", "timerTrigger"})


@dataclass(frozen=True)
class Trigger:
    """The binding that starts a function, its `%SETTING%` placeholders replaced.

    Attributes:
        type: such as `queueTrigger`.
        parameter: the name of the function's parameter.
        options: the binding's further properties, as in a function.json.
        deferred: whether the parameter is an SDK type, which gets a reference to the blob and not its bytes.
    """

    type: str
    parameter: str
    options: Mapping[str, Any]
    deferred: bool

    def text(self, name: str, default: str = "") -> str:
        """Return a property that is a string; `default` when it is absent."""
        return str(self.options.get(name) or default)


@dataclass(frozen=True)
class Function:
    """One function: its name, the id that the worker knows it by, and its trigger."""

    name: str
    function_id: str
    trigger: Trigger

    @property
    def host_id(self) -> str:
        """The name under which the host's own messages and blobs speak of it."""
        return f"Host.Functions.{self.name}"


def read_functions(metadata: Iterable[Mapping[str, Any]], settings: AppSettings) -> list[Function]:
    """Understand the metadata of the worker's index: `name`, `function_id` and `raw_bindings`, a list of JSON texts.

    Raises:
        ConfigError: a binding this host does not imitate, or a setting that is not there.
    """
    return [_read_function(entry, settings) for entry in metadata]


def _read_function(entry: Mapping[str, Any], settings: AppSettings) -> Function:
    name = str(entry["name"])
    trigger: Trigger | None = None
    for raw in entry["raw_bindings"]:
        binding: dict[str, Any] = json.loads(raw)
        if binding["type"] in _TRIGGERS and trigger is None:
            trigger = _read_trigger(name, binding, settings)
        elif binding["type"] != "http":
            raise ConfigError(f"{name}: a {binding['type']} binding is not supported here; use the service's SDK")
    if trigger is None:
        raise ConfigError(f"{name}: has no trigger")
    return Function(name, str(entry["function_id"]), trigger)


def _read_trigger(name: str, binding: dict[str, Any], settings: AppSettings) -> Trigger:
    try:
        options = {key: settings.resolve(value) if isinstance(value, str) else value for key, value in binding.items()}
    except ConfigError as error:
        raise ConfigError(f"{name}: {error}") from error
    properties = {key.lower(): value for key, value in (binding.get("properties") or {}).items()}
    deferred = str(properties.get("supportsdeferredbinding", False)).lower() == "true"
    return Trigger(binding["type"], binding["name"], options, deferred)
