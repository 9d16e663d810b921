"""The project's own source files, parsed once."""

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RUNTIME = ("function_app.py", "functions/", "shared/")
PACKAGES = (*RUNTIME, "local/", "cli/", "quality/")

type Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def files() -> tuple[str, ...]:
    """Paths, from the root, of every file that is or could be committed."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return tuple(sorted(name for name in set(listed.split("\0")) if name and (ROOT / name).is_file()))


def python_files(*under: str) -> list[str]:
    """The Python files whose path starts with one of `under`; all of them when it is empty."""
    return [name for name in files() if name.endswith(".py") and (not under or name.startswith(under))]


@cache
def parsed(name: str) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse((ROOT / name).read_text(encoding="utf-8"), filename=name)


def functions(tree: ast.AST) -> list[Function]:
    """Every function and method below a node, nested ones too."""
    return [node for node in ast.walk(tree) if isinstance(node, Function.__value__)]


def imported(tree: ast.AST) -> list[tuple[int, str]]:
    """Line number and full name of every module that a tree imports, wherever the import stands."""
    found: list[tuple[int, str]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found.append((node.lineno, "." * node.level + (node.module or "")))
    return found
