"""YAML within bounds: size, depth, number of values and kinds of values are limited while the text is parsed."""

import math
from typing import Any

import yaml

from shared.document_types.yaml_files.folder import MAX_YAML_BYTES

MAX_DEPTH = 32
"""Collections inside each other. A type of objects in objects needs about twelve."""
MAX_NODES = 20_000
"""Keys, values and collections of a file. A type of 400 fields has about 6,000."""
MAX_DIGITS = 30
"""Digits of a number; more are not a number that a document states, and slow to convert."""
_TAGS = frozenset(
    f"tag:yaml.org,2002:{name}" for name in ("null", "bool", "int", "float", "str", "timestamp", "seq", "map")
)
_TEXT = "tag:yaml.org,2002:str"
_NUMBERS = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")


class YamlOutOfBounds(yaml.MarkedYAMLError):
    """The text is YAML, but holds what is not read here; `problem` says what, `note` how to change it."""


class _BoundedLoader(yaml.SafeLoader):
    """Composes nodes as PyYAML does, and raises YamlOutOfBounds at the first node beyond the bounds.

    The scanner and the parser work iteratively; only composing recurses, so the depth is limited there.
    """

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self._depth = self._nodes = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:  # noqa: ANN401 - as PyYAML has it
        """Compose the next node; raises YamlOutOfBounds."""
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]  # the stubs do not know the scanner
        self._nodes += 1
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            raise _out_of_bounds(event, "anchors and aliases are not read", "write the part out")
        if self._nodes > MAX_NODES:
            raise _out_of_bounds(event, f"the file has more than {MAX_NODES} values", "keep the type small")
        if self._depth >= MAX_DEPTH:
            raise _out_of_bounds(event, f"more than {MAX_DEPTH} levels inside each other", "make the structure flatter")
        self._depth += 1
        try:
            node = super().compose_node(parent, index)
        finally:
            self._depth -= 1
        if node is not None:
            _check_value(node)
        return node


def compose_yaml(data: bytes) -> tuple[yaml.Node | None, Any]:
    """Return the root node and the content; raises yaml.YAMLError (YamlOutOfBounds with a place), ValueError."""
    if len(data) > MAX_YAML_BYTES:
        problem = f"the file has {len(data)} bytes, more than {MAX_YAML_BYTES}"
        raise YamlOutOfBounds(problem=problem, note="keep the type small")
    loader = _BoundedLoader(data)
    try:
        root = loader.get_single_node()
        return root, loader.construct_document(root) if root is not None else None
    finally:
        loader.dispose()


def _check_value(node: yaml.Node) -> None:
    if node.tag not in _TAGS and not node.tag.endswith(":merge"):
        raise _out_of_bounds(node, f"the tag {node.tag[:80]} is not read", "write a plain value")
    if isinstance(node, yaml.MappingNode):
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.tag != _TEXT:
                raise _out_of_bounds(key, "a key is not a text", "put quotes around the key")
    if isinstance(node, yaml.ScalarNode):
        _check_scalar(node)


def _check_scalar(node: yaml.ScalarNode) -> None:
    if any(is_unprintable(letter) for letter in node.value):
        raise _out_of_bounds(node, "the text holds control characters", "remove them")
    if node.tag in _NUMBERS:
        too_long = len(node.value) > MAX_DIGITS
        if too_long or not _is_finite(node.value):
            raise _out_of_bounds(node, "the number is too large or not finite", "write a number that can be stored")


def is_unprintable(letter: str) -> bool:
    """Whether JSON, logs or terminals cannot carry `letter`: control characters but tab and line ends, surrogates."""
    return (letter < " " and letter not in "\t\n\r") or "\x7f" <= letter <= "\x9f" or "\ud800" <= letter <= "\udfff"


def _is_finite(text: str) -> bool:
    try:
        return math.isfinite(float(text.replace("_", "")))
    except ValueError:
        return ".inf" not in text.lower() and ".nan" not in text.lower()  # octal and sexagesimal numbers are finite


def _out_of_bounds(place: yaml.Node | yaml.Event, problem: str, remedy: str) -> YamlOutOfBounds:
    mark = place.start_mark if isinstance(place.start_mark, yaml.Mark) else None
    return YamlOutOfBounds(problem=problem, problem_mark=mark, note=remedy)
