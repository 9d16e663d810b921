"""Expressions of Bicep, as far as their values can be told without a deployment."""

import json
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tree_sitter import Node


@dataclass(frozen=True)
class Unknown:
    """A value that only a deployment knows, by its expression."""

    text: str


class Refused(Exception):
    """The deployment would be refused: `fail` was called."""


@dataclass(frozen=True)
class Scope:
    """What names mean: `given` values, then the expressions of the file's params and variables."""

    given: Mapping[str, object]
    expressions: Mapping[str, Node | None]

    def bind(self, **given: object) -> "Scope":
        """The same with further given values."""
        return replace(self, given={**self.given, **given})


def text(node: Node) -> str:
    """The source of a node."""
    return (node.text or b"").decode()


def content(node: Node) -> list[Node]:
    """The parts of a node without comments."""
    return [child for child in node.named_children if child.type != "comment"]


def evaluate(node: Node | None, scope: Scope) -> Any:
    """The value of an expression; Unknown where it, or a part that decides about it, is not known."""
    if node is None:
        return Unknown("")
    return _RULES.get(node.type, _unknown)(node, scope)


def _unknown(node: Node, _scope: Scope) -> Unknown:
    return Unknown(text(node))


def _string(node: Node, scope: Scope) -> str | Unknown:
    pieces: list[str] = []
    for part in content(node):
        value = text(part) if part.type == "string_content" else evaluate(content(part)[0], scope)
        if isinstance(value, Unknown):
            return Unknown(text(node))
        pieces.append(str(value))
    return "".join(pieces)


def _object(node: Node, scope: Scope) -> dict[str, Any]:
    pairs = [content(part) for part in content(node)]
    return {text(key).strip("'"): evaluate(value, scope) for key, value in pairs}


def _name(node: Node, scope: Scope) -> Any:
    name = text(node)
    if name in scope.given:
        return scope.given[name]
    return evaluate(scope.expressions[name], scope) if scope.expressions.get(name) else Unknown(name)


def _member(node: Node, scope: Scope) -> Any:
    target, key = content(node)
    owner = evaluate(target, scope)
    return owner[text(key)] if isinstance(owner, dict) and text(key) in owner else Unknown(text(node))


def _choice(node: Node, scope: Scope) -> Any:
    condition, yes, no = content(node)
    decided = evaluate(condition, scope)
    return Unknown(text(node)) if isinstance(decided, Unknown) else evaluate(yes if decided else no, scope)


def _condition(node: Node, scope: Scope) -> Any:
    condition, body = content(node)
    decided = evaluate(condition, scope)
    return evaluate(body, scope) if decided is not False else None


def _loop(node: Node, scope: Scope) -> Any:
    loop, source, body = content(node)
    items = evaluate(source, scope)
    if not isinstance(items, list):
        return Unknown(text(node))
    names = [text(part) for part in content(loop)] or [text(loop)]
    return [
        evaluate(body, scope.bind(**dict(zip(names, (item, number), strict=False))))
        for number, item in enumerate(items)
    ]


def _binary(node: Node, scope: Scope) -> Any:
    left, right = (evaluate(part, scope) for part in content(node))
    sign = text(node.children[1])
    if sign == "&&" and False in (left, right):
        return False
    if sign == "||" and True in (left, right):
        return True
    known = sign in _OPERATORS and not isinstance(left, Unknown) and not isinstance(right, Unknown)
    return _OPERATORS[sign](left, right) if known else Unknown(text(node))


def _not(node: Node, scope: Scope) -> Any:
    value = evaluate(content(node)[0], scope)
    return Unknown(text(node)) if isinstance(value, Unknown) else not value


def _call(node: Node, scope: Scope) -> Any:
    name, arguments = content(node)
    values = [evaluate(part, scope) for part in content(arguments)]
    function = _FUNCTIONS.get(text(name))
    known = function and not any(isinstance(value, Unknown) for value in values)
    return function(values) if function and known else Unknown(text(node))


def _fail(values: Sequence[Any]) -> Any:
    raise Refused(values[0])


def _items(values: Sequence[Any]) -> list[dict[str, Any]]:
    return [{"key": key, "value": value} for key, value in values[0].items()]


def _union(values: Sequence[Any]) -> Any:
    if isinstance(values[0], list):
        return list(dict.fromkeys(item for value in values for item in value))
    return {key: item for value in values for key, item in value.items()}


_OPERATORS: Mapping[str, Callable[[Any, Any], Any]] = {
    "&&": lambda left, right: left and right,
    "||": lambda left, right: left or right,
    "==": operator.eq,
    "+": operator.add,
}
_FUNCTIONS: Mapping[str, Callable[[Sequence[Any]], Any]] = {
    "concat": lambda values: [item for value in values for item in value],
    "union": _union,
    "replace": lambda values: values[0].replace(values[1], values[2]),
    "string": lambda values: values[0] if isinstance(values[0], str) else json.dumps(values[0]),
    "empty": lambda values: not values[0],
    "contains": lambda values: values[1] in values[0],
    "items": _items,
    "fail": _fail,
}
_RULES: Mapping[str, Callable[[Node, Scope], Any]] = {
    "string": _string,
    "number": lambda node, _scope: int(text(node)),
    "boolean": lambda node, _scope: text(node) == "true",
    "null": lambda _node, _scope: None,
    "array": lambda node, scope: [evaluate(part, scope) for part in content(node)],
    "object": _object,
    "identifier": _name,
    "member_expression": _member,
    "ternary_expression": _choice,
    "if_statement": _condition,
    "for_statement": _loop,
    "parenthesized_expression": lambda node, scope: evaluate(content(node)[0], scope),
    "binary_expression": _binary,
    "unary_expression": _not,
    "call_expression": _call,
}
