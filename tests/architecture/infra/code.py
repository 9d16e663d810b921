"""What the code asks of Azure: functions, queues, tables, containers, clients and log events."""

import ast
import json
import os
import subprocess
import sys
from functools import cache
from typing import Any

from shared.domain.identity.permissions import OPEN_OPERATIONS
from tests.architecture.tree import ROOT, parsed, python_files

_LIST_FUNCTIONS = """
import json, function_app
triggers = {f.get_function_name(): f.get_trigger().get_dict_repr() for f in function_app.app.get_functions()}
print(json.dumps(triggers, default=lambda value: getattr(value, "name", str(value))))
"""
_SDKS = ("azure", "openai")
_RECORD_METHODS = {"get", "partition", "keyed", "commit"}


@cache
def source(name: str) -> str:
    """The text of a file."""
    return (ROOT / name).read_text(encoding="utf-8")


@cache
def triggers(intake: str) -> dict[str, dict[str, Any]]:
    """The trigger of each function, by the function's name; in a process of its own, since settings are read once."""
    command, environment = [sys.executable, "-c", _LIST_FUNCTIONS], {**os.environ, "INTRAY_INTAKE": intake}
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True, timeout=50)
    found: dict[str, dict[str, Any]] = json.loads(run.stdout.splitlines()[-1])
    return found


def queues(intake: str) -> set[str]:
    """The queues that functions listen to."""
    return {trigger["queueName"] for trigger in triggers(intake).values() if trigger["type"] == "queueTrigger"}


def http_operations() -> set[str]:
    """The functions that answer requests to the API."""
    return {name for name, trigger in triggers("webhook").items() if trigger["type"] == "httpTrigger"}


def open_routes() -> set[str]:
    """The paths of routes that anybody may call."""
    prefix = json.loads((ROOT / "host.json").read_text(encoding="utf-8"))["extensions"]["http"]["routePrefix"]
    found = triggers("webhook")
    return {f"/{prefix}/{found[name]['route']}" for name in OPEN_OPERATIONS}


def tables() -> set[str]:
    """The tables that calls on the Records port name."""
    names: set[str] = set()
    for name in python_files("shared/pipeline/"):
        for node in ast.walk(parsed(name)):
            if isinstance(node, ast.Call) and node.args and _is_record_call(node.func):
                names |= _constants(node.args[0])
    return names


def _is_record_call(function: ast.expr) -> bool:
    """Whether this is `<...>.records.get` or a sibling."""
    if not isinstance(function, ast.Attribute) or function.attr not in _RECORD_METHODS:
        return False
    owner = function.value
    return (isinstance(owner, ast.Attribute) and owner.attr == "records") or (
        isinstance(owner, ast.Name) and owner.id == "records"
    )


def _constants(argument: ast.expr) -> set[str]:
    """The value of a table's name: a literal, or a constant of the pipeline; nothing for a parameter."""
    if isinstance(argument, ast.Constant):
        return {str(argument.value)}
    name = (
        argument.id if isinstance(argument, ast.Name) else argument.attr if isinstance(argument, ast.Attribute) else ""
    )
    return {value for constant, value in _pipeline_constants() if constant == name}


@cache
def _pipeline_constants() -> frozenset[tuple[str, str]]:
    return frozenset(
        (target.id, str(node.value.value))
        for name in python_files("shared/pipeline/")
        for node in parsed(name).body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        for target in node.targets
        if isinstance(target, ast.Name)
    )


def clients() -> set[str]:
    """The clients of the SDKs that adapters make."""
    imported = (
        (node.module, alias.name)
        for name in python_files("shared/")
        if any(f"from {package}." in source(name) or f"from {package} import" in source(name) for package in _SDKS)
        for node in ast.walk(parsed(name))
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] in _SDKS
        for alias in node.names
    )
    return {f"{module}.{name}" for module, name in imported if name.endswith("Client") or name == "AsyncOpenAI"}


@cache
def log_events() -> frozenset[str]:
    """The first argument of every call that reports, where it is written out."""
    return frozenset(
        node.args[0].value
        for name in python_files("shared/", "functions/")
        for node in ast.walk(parsed(name))
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant)
        if isinstance(node.args[0].value, str)
        if ast.unparse(node.func).rsplit(".", maxsplit=1)[-1] in {"report", "_report", "alarm", "report_deferral"}
    )
