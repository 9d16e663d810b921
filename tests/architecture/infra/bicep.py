"""Bicep files by their syntax trees: what they declare, and the values that can be told without a deployment."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal

import tree_sitter_bicep
from tree_sitter import Language, Node, Parser

from tests.architecture.infra.evaluating import Scope, content, evaluate, text
from tests.architecture.tree import ROOT

INFRA = ROOT / "infra"
KINDS: Mapping[str, "Kind"] = {
    "parameter_declaration": "param",
    "variable_declaration": "var",
    "resource_declaration": "resource",
    "module_declaration": "module",
    "output_declaration": "output",
}
_EXTENSION = re.compile(rb"^extension (\w+)$", re.MULTILINE)
"""What the grammar does not know yet: the use of an extension. The second parser does."""
_PARSER = Parser(Language(tree_sitter_bicep.language()))

type Kind = Literal["param", "var", "resource", "module", "output"]
type Body = dict[str, Any]


@dataclass(frozen=True)
class Declaration:
    """What a file declares under a name; `type` of params and outputs, `target` of resources and modules."""

    kind: Kind
    name: str
    node: Node
    type: str = ""
    target: str = ""
    existing: bool = False

    @property
    def value(self) -> Node | None:
        """What follows the equals sign; None for a param without a default."""
        first = 2 if self.type or self.target else 1
        parts = content(self.node)[first:]
        return parts[0] if parts else None

    @property
    def body(self) -> Node:
        """The object of a resource or module, inside its condition and its loop."""
        node = self.value
        while node is not None and node.type != "object":
            node = content(node)[-1]
        assert node is not None, self.name
        return node

    @property
    def condition(self) -> str:
        """The condition of a resource or module; empty without one."""
        return text(content(self.value)[0])[1:-1] if self.value and self.value.type == "if_statement" else ""


class BicepFile:
    """One file, parsed once."""

    def __init__(self, path: Path) -> None:
        self.path = path
        source = path.read_bytes()
        found = _EXTENSION.search(source)
        self.extension = found[1].decode() if found else ""
        self.root = _PARSER.parse(_EXTENSION.sub(lambda line: b"//" + line[0][2:], source)).root_node

    @cached_property
    def declarations(self) -> tuple[Declaration, ...]:
        """Everything it declares, in order."""
        return tuple(_declaration(KINDS[node.type], node) for node in content(self.root) if node.type in KINDS)

    def of_kind(self, kind: Kind) -> dict[str, Declaration]:
        """What it declares of one kind, by name."""
        return {found.name: found for found in self.declarations if found.kind == kind}

    @cached_property
    def symbols(self) -> dict[str, Declaration]:
        """What an expression may name: all but outputs."""
        return {found.name: found for found in self.declarations if found.kind != "output"}

    def value(self, name: str, **given: object) -> Any:
        """The value of a param or variable where params are `given`, with Unknown for what Azure alone can tell."""
        return evaluate(self._value_of(name), self._scope(given))

    def bodies(self, name: str, **given: object) -> list[Body]:
        """The objects of a resource or module: one, or as many as its loop makes; none when its condition fails."""
        found = self.symbols[name]
        value = evaluate(found.value, self._scope(given))
        return value if isinstance(value, list) else [value] if isinstance(value, dict) else []

    def resources(self, kind: str) -> dict[str, Declaration]:
        """The resources of one type that it makes, by their symbols."""
        made = self.of_kind("resource").items()
        return {name: found for name, found in made if found.target.split("@")[0] == kind and not found.existing}

    def _value_of(self, name: str) -> Node | None:
        return self.symbols[name].value if self.symbols[name].kind in {"param", "var"} else None

    def _scope(self, given: Mapping[str, object]) -> Scope:
        return Scope(given, {name: self._value_of(name) for name in self.symbols})


@cache
def read(name: str) -> BicepFile:
    """The file at a path below infra/."""
    return BicepFile(INFRA / name)


def app_settings() -> dict[str, object]:
    """The app settings of the function app, by name."""
    (deployed,) = read("modules/app-on-functions.bicep").bodies("appSettings", settings=host_settings("functions"))
    properties: dict[str, object] = deployed["properties"]
    return properties


def host_settings(host: str, **given: object) -> dict[str, object]:
    """The settings that the deployment of main.bicep gives the app on a host, by name."""
    settings: dict[str, object] = read("modules/app.bicep").value("hostSettings", host=host, **given)
    return settings


def bicep_files() -> list[str]:
    """The paths of all Bicep files, below infra/."""
    return sorted(str(path.relative_to(INFRA)) for path in INFRA.rglob("*.bicep"))


def walk(node: Node) -> Iterator[Node]:
    """A node and everything below it."""
    yield node
    for child in node.named_children:
        yield from walk(child)


def syntax_errors(node: Node) -> list[str]:
    """Where a tree could not be parsed."""
    return [f"line {found.start_point[0] + 1}: {text(found)[:60]}" for found in walk(node) if found.type == "ERROR"] + [
        f"line {found.start_point[0] + 1}: {found.type} is missing" for found in walk(node) if found.is_missing
    ]


def made_resources() -> list[tuple[str, Declaration]]:
    """Every resource that the deployments make, with its file."""
    return [
        (name, found)
        for name in bicep_files()
        for found in read(name).of_kind("resource").values()
        if not found.existing
    ]


def _declaration(kind: Kind, node: Node) -> Declaration:
    parts = content(node)
    name = text(parts[0])
    if kind in {"param", "output"}:
        return Declaration(kind, name, node, type=text(parts[1]))
    if kind in {"resource", "module"}:
        existing = any(child.type == "existing" for child in node.children)
        return Declaration(kind, name, node, target=text(parts[1]).strip("'"), existing=existing)
    return Declaration(kind, name, node)
