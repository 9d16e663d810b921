"""YAML that knows its lines, so that what is wrong with it can be pointed at."""

from datetime import date, datetime
from difflib import get_close_matches
from typing import Any

import yaml
from yaml.composer import ComposerError

from shared.document_types.folder import InvalidType
from shared.domain.document_type import TypeProblem

type Path = tuple[str | int, ...]
MAX_DEPTH = 32
"""Mappings and lists inside each other. A type of objects in objects needs about twelve."""
MAX_NODES = 20_000
"""Keys and values of a file. A type of 400 fields has about 6,000."""


class _BoundedLoader(yaml.SafeLoader):
    """A SafeLoader that stops at what nests too deeply or holds too much, before it is built."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self._depth = 0
        self._nodes = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Compose one node within the bounds; raises ComposerError beyond them."""
        self._depth += 1
        self._nodes += 1
        if self._depth > MAX_DEPTH or self._nodes > MAX_NODES:
            bound = f"{MAX_DEPTH} levels" if self._depth > MAX_DEPTH else f"{MAX_NODES} keys and values"
            raise ComposerError(None, None, f"the file has more than {bound}", self.get_mark())
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node


class Source:
    """A YAML file: its content as plain values, the line of each, and the problems that were found with it."""

    def __init__(self, file: str, data: bytes) -> None:
        """Parse `data`; raises InvalidType when it is no YAML, repeats a key, or uses anchors."""
        self.file = file
        self.problems: list[TypeProblem] = []
        try:
            loader = _BoundedLoader(data)
            self._root = loader.get_single_node()
            if self._root is not None:
                self._check(self._root, set())
                self.done()  # before aliases could grow
            self.body: Any = _plain(loader.construct_document(self._root)) if self._root is not None else None
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = mark.line + 1 if mark else 1
            told = f"not valid YAML: {error.problem or error.context}"
            raise InvalidType([self._problem(line, told, "check indentation, quotes and brackets here")]) from error
        except (yaml.YAMLError, ValueError, RecursionError) as error:
            remedy = "save it as plain YAML text in UTF-8"
            raise InvalidType([self._problem(1, f"not valid YAML ({type(error).__name__})", remedy)]) from error

    def tell(self, path: Path, message: str, remedy: str) -> None:
        """Note what is wrong at `path` (keys and item numbers from the root)."""
        self.problems.append(self._problem(self.line(path), message, remedy))

    def done(self) -> None:
        """Raise InvalidType when anything was noted."""
        if self.problems:
            raise InvalidType(self.problems)

    def line(self, path: Path) -> int:
        """The line, from 1, of what stands at `path`, or of the nearest thing above it that exists."""
        node, line = self._root, 1
        for step in path:
            found = _child(node, step)
            if found is None:
                break
            line, node = found
        return line

    def _problem(self, line: int, message: str, remedy: str) -> TypeProblem:
        return TypeProblem(file=self.file, line=line, message=message, remedy=remedy)

    def _check(self, node: yaml.Node, seen: set[int]) -> None:
        """Note repeated keys, of which YAML would keep the last in silence, and anchors, which can grow without end."""
        line = node.start_mark.line + 1
        if isinstance(node, yaml.CollectionNode) and id(node) in seen:
            self.problems.append(self._problem(line, "anchors and aliases are not read", "write the part out"))
            return
        seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            keys: set[str] = set()
            for key, value in node.value:
                here = key.start_mark.line + 1
                if not isinstance(key, yaml.ScalarNode):
                    self.problems.append(self._problem(here, "a key is not a single word", "write `key: value`"))
                elif key.value in keys:
                    self.problems.append(self._problem(here, f"the key {key.value!r} stands here twice", "remove one"))
                else:
                    keys.add(key.value)
                self._check(value, seen)
        elif isinstance(node, yaml.SequenceNode):
            for item in node.value:
                self._check(item, seen)


def meant(word: str, known: "frozenset[str] | set[str]") -> str:
    """A question (did you mean …?) for a word that is nearly a known one; else the known ones."""
    close = get_close_matches(word, sorted(known), 1)
    return f"did you mean {close[0]!r}?" if close else f"known here: {', '.join(sorted(known))}"


def _child(node: yaml.Node | None, step: str | int) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(step):
                return key.start_mark.line + 1, value
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step].start_mark.line + 1, node.value[step]
    return None


def _plain(value: Any) -> Any:  # noqa: ANN401 - what YAML can hold
    """The value with JSON's types only: YAML reads an unquoted 2026-01-31 as a date."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date | datetime) else value
