"""One table of settings: nothing else looks at the environment."""

import ast

from tests.architecture.tree import PACKAGES, parsed, python_files

ALLOWED = {
    "shared/settings.py",
    "shared/upload_settings.py",  # a part of them
    "shared/environment.py",  # the base of all settings, and those of the storage account
    "local/settings.py",
    "local/processes.py",  # reads no setting: hands the whole environment on to the processes it starts
}
READERS = {"environ", "environb", "getenv", "getenvb", "putenv", "unsetenv"}


def reads_environment(tree: ast.AST) -> list[int]:
    """Line numbers where a module touches the environment, itself or through pydantic-settings."""
    lines: list[int] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "os":
            lines += [node.lineno] * (node.attr in READERS)
        elif isinstance(node, ast.ImportFrom) and node.module == "os":
            lines += [node.lineno] * bool(READERS & {alias.name for alias in node.names})
        elif isinstance(node, ast.ImportFrom) and node.module == "pydantic_settings":
            lines.append(node.lineno)
    return lines


def test_only_the_settings_modules_read_the_environment() -> None:
    """A setting read elsewhere would be missing from the table of settings and from its checks."""
    elsewhere = [
        f"{name}:{line}"
        for name in python_files(*PACKAGES)
        if name not in ALLOWED
        for line in reads_environment(parsed(name))
    ]
    assert [] == elsewhere


def test_every_way_to_the_environment_is_seen() -> None:
    """The check itself notices each form in which the environment could be read."""
    forms = (
        "import os\nos.environ['A']\nos.getenv('A')\nfrom os import environ\nfrom pydantic_settings import BaseSettings"
    )
    assert [2, 3, 4, 5] == sorted(reads_environment(ast.parse(forms)))
