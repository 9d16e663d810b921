"""What a Bicep compiler would refuse: names that mean nothing, params and outputs that are not there."""

from collections.abc import Iterator
from pathlib import Path

from tree_sitter import Node

from tests.architecture.infra.bicep import BicepFile, Declaration, walk
from tests.architecture.infra.evaluating import content, text

FUNCTIONS = frozenset({
    "allowed", "batchSize", "concat", "contains", "description", "empty", "environment", "fail", "guid", "items",
    "last", "listKeys", "loadJsonContent", "loadTextContent", "maxLength", "maxValue", "minLength", "minValue",
    "replace", "resourceGroup",
    "split", "string", "subscription", "subscriptionResourceId", "tenant", "toLower", "union", "uniqueString", "utcNow",
})  # fmt: skip
"""The functions and decorators of Bicep that are used here; a new one is added when it is looked up."""
LITERALS = {
    "string": "string",
    "array": "array",
    "for_statement": "array",
    "object": "object",
    "boolean": "bool",
    "number": "int",
}


def problems(file: BicepFile) -> list[str]:
    """Everything that does not resolve in a file."""
    return [
        *_repeated_names(file),
        *_unknown_names(file),
        *_unused_names(file),
        *_wrong_defaults(file),
        *(problem for module in file.of_kind("module").values() for problem in _module_problems(file, module)),
    ]


def _repeated_names(file: BicepFile) -> Iterator[str]:
    names = [found.name for found in file.declarations if found.kind != "output"]
    yield from (f"{name} is declared twice" for name in sorted(set(names)) if names.count(name) > 1)


def _names(node: Node, loops: frozenset[str]) -> Iterator[tuple[Node, frozenset[str]]]:
    """Every name that an expression uses, with the loop variables that it may mean."""
    if node.type == "identifier":
        yield node, loops
        return
    parts = content(node)
    if node.type == "object_property":
        parts = parts[1:] if parts[0].type == "identifier" else parts
    if node.type == "for_statement":
        loop, source, body = parts
        yield from _names(source, loops)
        yield from _names(body, loops | {text(part) for part in content(loop) or [loop]})
        return
    for part in parts:
        yield from _names(part, loops)


def _used(file: BicepFile) -> Iterator[tuple[Node, frozenset[str]]]:
    for node in content(file.root):
        if node.type == "decorators":
            yield from _names(node, frozenset())
    for found in file.declarations:
        if found.value is not None:
            yield from _names(found.value, frozenset())


def _is_function(name: Node) -> bool:
    return name.parent is not None and name.parent.type == "call_expression" and content(name.parent)[0] == name


def _unknown_names(file: BicepFile) -> Iterator[str]:
    for node, loops in _used(file):
        known = FUNCTIONS if _is_function(node) else file.symbols.keys() | loops
        if text(node) not in known:
            yield f"line {node.start_point[0] + 1}: {text(node)} is not declared"


def _unused_names(file: BicepFile) -> Iterator[str]:
    used = {text(node) for node, _ in _used(file)}
    checked = {**file.of_kind("param"), **file.of_kind("var")}
    existing = {name: found for name, found in file.of_kind("resource").items() if found.existing}
    yield from (f"{name} is never used" for name in {**checked, **existing} if name not in used)


def _wrong_defaults(file: BicepFile) -> Iterator[str]:
    for found in (*file.of_kind("param").values(), *file.of_kind("output").values()):
        literal = LITERALS.get(found.value.type) if found.value else None
        if literal and literal != found.type:
            yield f"{found.name} is {found.type} and has {literal}"


def _module_problems(file: BicepFile, module: Declaration) -> Iterator[str]:
    target = file.path.parent / module.target
    if not target.is_file():
        yield f"{module.name}: there is no {module.target}"
        return
    called = BicepFile(target)
    yield from (f"{module.name}: {problem}" for problem in _argument_problems(file, module, called))
    yield from _output_problems(file, module.name, called)


def _argument_problems(file: BicepFile, module: Declaration, called: BicepFile) -> Iterator[str]:
    given = {text(key): value for key, value in _pairs(module.body, "params")}
    params = called.of_kind("param")
    yield from (f"has no param {name}" for name in given if name not in params)
    yield from (f"needs {name}" for name, found in params.items() if found.value is None and name not in given)
    for name, value in given.items():
        actual = _type_of(file, value)
        if name in params and actual not in {None, params[name].type}:
            yield f"{name} is {params[name].type} and gets {actual}"


def _pairs(body: Node, name: str) -> list[list[Node]]:
    for part in content(body):
        key, value = content(part)
        if text(key) == name:
            return [content(pair) for pair in content(value)]
    return []


def _type_of(file: BicepFile, node: Node) -> str | None:
    """The type of an argument, where it shows without working out the expression."""
    if node.type in LITERALS:
        return LITERALS[node.type]
    if node.type == "identifier" and text(node) in file.of_kind("param"):
        return file.of_kind("param")[text(node)].type
    match text(node).split("."):
        case [module, "outputs", output] if module in file.of_kind("module"):
            outputs = BicepFile(file.path.parent / file.of_kind("module")[module].target).of_kind("output")
            return outputs[output].type if output in outputs else None
    return None


def _output_problems(file: BicepFile, module: str, called: BicepFile) -> Iterator[str]:
    outputs = called.of_kind("output")
    for node in walk(file.root):
        match text(node).split(".") if node.type == "member_expression" else []:
            case [name, "outputs", output] if name == module and output not in outputs:
                yield f"{module} has no output {output}"


def loaded_files(file: BicepFile) -> list[Path]:
    """The files whose text a file takes in."""
    calls = [node for node in walk(file.root) if node.type == "call_expression"]
    loads = [content(content(node)[1])[0] for node in calls if text(content(node)[0]) == "loadTextContent"]
    return [file.path.parent / text(path).strip("'") for path in loads]
