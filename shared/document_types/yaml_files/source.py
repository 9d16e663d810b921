"""YAML that knows its lines, so that what is wrong with it can be pointed at."""

from datetime import date, datetime
from difflib import get_close_matches
from typing import Any

import yaml

from shared.document_types.yaml_files.bounded_yaml import YamlOutOfBounds, compose_yaml
from shared.document_types.yaml_files.folder import InvalidType
from shared.domain.types.document_type import TypeProblem

MAX_PROBLEMS = 50
"""Problems of one file that are reported; reading stops there."""
_MAX_MESSAGE_CHARACTERS = 300

type Path = tuple[str | int, ...]


class Source:
    """A YAML file: its content as plain values, the line of each, and the problems that were found with it."""

    def __init__(self, file: str, data: bytes) -> None:
        """Parse `data`; raises InvalidType when it is no YAML, repeats a key, uses anchors, or is over a bound."""
        self.file = file
        self.problems: list[TypeProblem] = []
        try:
            self._root, content = compose_yaml(data)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = mark.line + 1 if mark else 1
            message, remedy = f"not valid YAML: {error.problem or error.context}", "check indentation, quotes, brackets"
            if isinstance(error, YamlOutOfBounds):
                message, remedy = str(error.problem), str(error.note)
            raise InvalidType([self._problem(line, message, remedy)]) from error
        except (yaml.YAMLError, ValueError, ArithmeticError) as error:
            remedy = "save it as plain YAML text in UTF-8"
            raise InvalidType([self._problem(1, f"not valid YAML ({type(error).__name__})", remedy)]) from error
        if self._root is not None:
            self._check_keys(self._root)
            self.raise_if_invalid()
        self.body: Any = _plain(content)

    def tell(self, path: Path, message: str, remedy: str) -> None:
        """Note what is wrong at `path` (keys and item numbers from the root); raises InvalidType when that is much."""
        self.problems.append(self._problem(self.line(path), message, remedy))
        if len(self.problems) >= MAX_PROBLEMS:
            self.raise_if_invalid()

    def raise_if_invalid(self) -> None:
        """Raise InvalidType when anything was noted."""
        if self.problems:
            raise InvalidType(self.problems)

    def line(self, path: Path) -> int:
        """Return the line, from 1, of what stands at `path`, or of the nearest thing above it that exists."""
        node, line = self._root, 1
        for step in path:
            child = _child(node, step)
            if child is None:
                break
            line, node = child
        return line

    def _problem(self, line: int, message: str, remedy: str) -> TypeProblem:
        return TypeProblem(file=self.file, line=line, message=_shorten(message), remedy=_shorten(remedy))

    def _check_keys(self, node: yaml.Node) -> None:
        """Note repeated keys, of which YAML would keep the last in silence."""
        if isinstance(node, yaml.MappingNode):
            keys: set[str] = set()
            for key, value in node.value:
                if key.value in keys:
                    line = key.start_mark.line + 1
                    self.problems.append(self._problem(line, f"the key {key.value!r} stands here twice", "remove one"))
                keys.add(key.value)
                self._check_keys(value)
        elif isinstance(node, yaml.SequenceNode):
            for item in node.value:
                self._check_keys(item)


def suggest(word: str, valid_words: "frozenset[str] | set[str]") -> str:
    """Return a question (did you mean …?) for a word that is nearly a known one; else the known ones."""
    close = get_close_matches(word, sorted(valid_words), 1)
    return f"did you mean {close[0]!r}?" if close else f"known here: {', '.join(sorted(valid_words))}"


def _shorten(text: str) -> str:
    """Keep messages readable that quote a value from the file."""
    limit = _MAX_MESSAGE_CHARACTERS
    return text if len(text) <= limit else f"{text[:limit]}…"


def _child(node: yaml.Node | None, step: str | int) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(step):
                return key.start_mark.line + 1, value
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step].start_mark.line + 1, node.value[step]
    return None


def _plain(value: Any) -> Any:  # noqa: ANN401 - what YAML can hold
    """Return the value with JSON's types only: YAML reads an unquoted 2026-01-31 as a date."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date | datetime) else value
