"""Nothing waits for a disk in the event loop: while it does, the worker answers nobody and renews no lease."""

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.tree import RUNTIME, parsed, python_files

BLOCKING = {
    "open", "read_bytes", "read_text", "write_bytes", "write_text", "stat", "exists", "is_file", "is_dir", "iterdir",
    "glob", "rglob", "mkdir", "rmdir", "unlink", "rename", "touch", "mkdtemp", "mkstemp", "rmtree",
    "copyfile", "copyfileobj", "copytree", "TemporaryDirectory", "NamedTemporaryFile", "TemporaryFile",
    "SpooledTemporaryFile", "file_digest", "fsync", "gettempdir", "ZipFile",
}  # fmt: skip
"""Functions and methods that open, read, write, list or delete files."""
ALLOWED = {"shared/testing/": "twins for tests, on files of a few bytes"}


def calls(function: ast.AsyncFunctionDef) -> Iterator[ast.Call]:
    """The calls that run in the event loop: not those of functions defined inside, which may run elsewhere."""
    pending: list[ast.AST] = list(function.body)
    while pending:
        node = pending.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(node, ast.Call):
            yield node
        pending += ast.iter_child_nodes(node)


def blocking(tree: ast.Module) -> list[str]:
    """The calls of a file that block the event loop, as `line name`."""
    found = []
    for function in ast.walk(tree):
        if not isinstance(function, ast.AsyncFunctionDef):
            continue
        for call in calls(function):
            name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            awaited = any(isinstance(node, ast.Await) and node.value is call for node in ast.walk(function))
            if name in BLOCKING and not awaited:
                found.append(f"{call.lineno} {name}")
    return found


def test_no_async_function_of_the_runtime_touches_files() -> None:
    """Use asyncio.to_thread, or a child process for what holds the GIL."""
    found = {
        name: lines
        for name in python_files(*RUNTIME)
        if not name.startswith(tuple(ALLOWED)) and (lines := blocking(parsed(name)))
    }
    assert {} == found


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("open('a')", ["2 open"]),
        ("path.read_bytes()", ["2 read_bytes"]),
        ("hashlib.file_digest(file, 'sha256')", ["2 file_digest"]),
        ("x = [tempfile.mkdtemp() for _ in y]", ["2 mkdtemp"]),
        ("await asyncio.to_thread(path.read_bytes)", []),
        ("await blobs.exists()", []),
        ("run(lambda: path.unlink())", []),
    ],
)
def test_a_blocking_call_is_seen(line: str, expected: list[str]) -> None:
    """The check itself sees what blocks, and lets pass what does not."""
    assert expected == blocking(ast.parse(f"async def f():\n    {line}\n"))
