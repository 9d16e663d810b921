"""What is public says what it does; what is a test says what must hold, and can fail."""

import ast
from pathlib import PurePath

from tests.architecture.tree import RUNTIME, Function, functions, parsed, python_files


def undocumented(name: str) -> list[str]:
    """The public classes, functions and methods of a file that have no docstring."""
    found: list[str] = []

    def visit(body: list[ast.stmt], prefix: str) -> None:
        for node in body:
            if not isinstance(node, ast.ClassDef | Function.__value__) or node.name.startswith("_"):
                continue
            if not ast.get_docstring(node) and not is_told_elsewhere(node):
                found.append(f"{prefix}{node.name}")
            if isinstance(node, ast.ClassDef):
                visit(node.body, f"{prefix}{node.name}.")

    visit(parsed(name).body, f"{name}::")
    return found


def is_told_elsewhere(node: ast.ClassDef | Function) -> bool:
    """An override is described where it is declared, an overload by its implementation, a setter by its property."""
    names = {ast.unparse(decorator).split(".")[-1] for decorator in node.decorator_list}
    return bool(names & {"override", "overload", "setter"})


def test_every_public_name_of_the_runtime_has_a_docstring() -> None:
    """A reader of shared/ and functions/ never has to guess shapes, units or errors."""
    assert [] == [missing for name in python_files(*RUNTIME) for missing in undocumented(name)]


def tests_of(name: str) -> list[Function]:
    """The test functions of a file."""
    return [function for function in functions(parsed(name)) if function.name.startswith("test_")]


def files_with_tests() -> list[str]:
    """The files that pytest collects tests from."""
    return [name for name in python_files("tests/") if PurePath(name).name.startswith("test_")]


def checks_something(function: Function) -> bool:
    """Whether a test holds an assert, expects an exception or a warning, or calls a function named for one."""
    for node in ast.walk(function):
        if isinstance(node, ast.Assert) or (isinstance(node, ast.Attribute) and node.attr in {"raises", "warns"}):
            return True
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1].startswith(
            ("assert_", "check", "until_")
        ):
            return True
    return False


def test_every_test_says_what_must_hold() -> None:
    """The docstring of a test is the sentence that its failure contradicts."""
    silent = [
        f"{name}::{test.name}" for name in files_with_tests() for test in tests_of(name) if not ast.get_docstring(test)
    ]
    assert [] == silent


def test_every_test_can_fail() -> None:
    """A test that checks nothing would only pretend."""
    idle = [
        f"{name}::{test.name}" for name in files_with_tests() for test in tests_of(name) if not checks_something(test)
    ]
    assert [] == idle
