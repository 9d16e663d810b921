"""Measure the structure of the product's Python code: import depth, folder size, names and line length of the docs.

Usage: `python scripts/structure.py [--list]`. Exit code 1 when a limit is exceeded; `--list` prints every offender.
"""

import argparse
import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

PRODUCT = ("function_app", "functions", "shared", "local", "cli", "quality", "evals")
"""Top-level modules and packages of the product; tests and scripts are excluded."""
MAX_LEVELS = 6
MAX_FILES = 12
MAX_SHARE = 0.01
"""Of bound names that are vague words, and of functions that are named by a bare participle."""
MAX_DOC_COLUMNS = 120
VAGUE_WORDS = frozenset(
    [
        *["told", "said", "found", "given", "one", "other", "others", "some", "kept", "known", "wanted", "look"],
        *["seen", "thing", "things", "each", "these", "those", "what", "which"],
    ],
)
_IRREGULAR_PARTICIPLES = frozenset(
    [
        *["told", "said", "found", "given", "kept", "known", "seen", "sent", "left", "held", "built", "made", "put"],
        *["lent", "taken", "written", "shown", "drawn", "torn", "bound", "split", "cut", "met", "done", "gone", "due"],
        *["spoken", "spent", "meant", "begun", "chosen", "broken", "hidden", "understood", "lost", "paid", "worn"],
    ],
)
_NOT_PARTICIPLES = frozenset(["embed", "feed", "need", "seed", "speed", "exceed", "proceed", "red", "shed", "bed"])


@dataclass
class Names:
    """Counts of bound names and functions, with the offenders as `path:line name`."""

    bound: int = 0
    functions: int = 0
    vague: list[str] = field(default_factory=list)
    participles: list[str] = field(default_factory=list)


def product_modules(root: Path) -> dict[str, Path]:
    """Return the product's modules by dotted name; packages are named without `__init__`."""
    modules: dict[str, Path] = {}
    for top in PRODUCT:
        single = root / f"{top}.py"
        paths = [single] if single.exists() else sorted((root / top).rglob("*.py"))
        for path in paths:
            parts = path.relative_to(root).with_suffix("").parts
            modules[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return modules


def imports_of(tree: ast.AST, modules: Mapping[str, object]) -> set[str]:
    """Return the product modules that a module imports, anywhere in its text."""
    targets: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            targets |= {name for alias in node.names if (name := alias.name) in modules}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                dotted = f"{node.module}.{alias.name}"
                targets.add(dotted if dotted in modules else node.module)
    return targets & modules.keys()


def import_graph(modules: Mapping[str, Path]) -> dict[str, set[str]]:
    """Return for each module the product modules that it imports."""
    return {name: imports_of(ast.parse(path.read_text("utf-8")), modules) - {name} for name, path in modules.items()}


def strong_components(graph: Mapping[str, Iterable[str]]) -> list[set[str]]:
    """Return the strongly connected components, each after those it reaches (Tarjan, without recursion)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    components: list[set[str]] = []
    for start in graph:
        if start in index:
            continue
        work: list[tuple[str, Iterator[str]]] = [(start, iter(sorted(graph[start])))]
        index[start] = low[start] = len(index)
        stack.append(start)
        on_stack.add(start)
        while work:
            node, targets = work[-1]
            for target in targets:
                if target not in index:
                    index[target] = low[target] = len(index)
                    stack.append(target)
                    on_stack.add(target)
                    work.append((target, iter(sorted(graph[target]))))
                    break
                if target in on_stack:
                    low[node] = min(low[node], index[target])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    cut = stack.index(node)
                    components.append(set(stack[cut:]))
                    on_stack -= components[-1]
                    del stack[cut:]
    return components


def longest_path(graph: Mapping[str, Iterable[str]]) -> list[str]:
    """Return the modules of the longest import path, importer first; a cycle counts as one level."""
    best: dict[str, list[str]] = {}
    for component in strong_components(graph):
        below = [best[target] for node in component for target in graph[node] if target not in component]
        path = [min(component), *max(below, key=len, default=[])]
        best |= dict.fromkeys(component, path)
    return max(best.values(), key=len, default=[])


def children_graph(package: str, graph: Mapping[str, Iterable[str]]) -> dict[str, set[str]]:
    """Return the import graph between the direct children of a package: its modules and its sub-packages."""
    prefix = f"{package}."

    def child(name: str) -> str | None:
        return prefix + name.removeprefix(prefix).split(".")[0] if name.startswith(prefix) else None

    children: dict[str, set[str]] = defaultdict(set)
    for name, targets in graph.items():
        source = child(name)
        if source:
            children[source] |= {at for target in targets if (at := child(target)) and at != source}
    return dict(children)


def packages_of(modules: Iterable[str]) -> list[str]:
    """Return every package that has modules below it."""
    parents = {name.rsplit(".", depth)[0] for name in modules for depth in range(1, name.count(".") + 1)}
    return sorted(parents)


def files_per_folder(paths: Iterable[Path], root: Path) -> dict[str, int]:
    """Return how many Python files each folder holds, `__init__.py` included."""
    counts: dict[str, int] = defaultdict(int)
    for path in paths:
        if path.parent != root:
            counts[path.parent.relative_to(root).as_posix()] += 1
    return dict(counts)


def _bindings(tree: ast.AST) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()):
                yield name, node.lineno
            case ast.arg(arg=name) | ast.ClassDef(name=name):
                yield name, node.lineno
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name, node.lineno
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                yield name, node.lineno
            case _:
                pass


def is_participle(name: str) -> bool:
    """Tell whether a function name is a bare past participle, such as `asked` or `due`."""
    word = name.strip("_")
    return word in _IRREGULAR_PARTICIPLES or bool(re.fullmatch(r"[a-z]{2,}ed", word) and word not in _NOT_PARTICIPLES)


def count_names(modules: Mapping[str, Path], root: Path) -> Names:
    """Count bound names, functions, and those whose name says too little."""
    names = Names()
    for path in modules.values():
        tree = ast.parse(path.read_text("utf-8"))
        place = path.relative_to(root).as_posix()
        for name, line in _bindings(tree):
            names.bound += 1
            if name.strip("_").lower() in VAGUE_WORDS:
                names.vague.append(f"{place}:{line} {name}")
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                names.functions += 1
                if is_participle(node.name):
                    names.participles.append(f"{place}:{node.lineno} {node.name}")
    return names


def long_doc_lines(root: Path) -> list[str]:
    """Return the lines of README, CHANGELOG and docs beyond MAX_DOC_COLUMNS, as `path:line`; tables are exempt."""
    pages = [*root.glob("*.md"), *(root / "docs").rglob("*.md")]
    return [
        f"{page.relative_to(root).as_posix()}:{number}"
        for page in sorted(pages)
        for number, line in enumerate(page.read_text("utf-8").splitlines(), 1)
        if len(line) > MAX_DOC_COLUMNS and not line.lstrip().startswith("|")
    ]


def problems(root: Path) -> tuple[list[str], list[str]]:
    """Return the summary lines and every limit that is exceeded."""
    modules = product_modules(root)
    graph = import_graph(modules)
    failures: list[str] = []
    levels = {package: longest_path(children_graph(package, graph)) for package in packages_of(modules)}
    failures += [
        f"levels: {package}: {len(path)}: {' > '.join(part.rsplit('.', 1)[-1] for part in path)}"
        for package, path in levels.items()
        if len(path) > MAX_LEVELS
    ]
    cycles = [component for component in strong_components(graph) if len(component) > 1]
    cycles += [
        component
        for package in levels
        for component in strong_components(children_graph(package, graph))
        if len(component) > 1
    ]
    failures += [f"cycle: {', '.join(sorted(component))}" for component in cycles]
    folders = files_per_folder(modules.values(), root)
    failures += [f"files: {folder}: {count}" for folder, count in sorted(folders.items()) if count > MAX_FILES]
    names = count_names(modules, root)
    if len(names.vague) > MAX_SHARE * names.bound:
        failures += [f"vague name: {place}" for place in names.vague]
    if len(names.participles) > MAX_SHARE * names.functions:
        failures += [f"participle: {place}" for place in names.participles]
    participle_share = len(names.participles) / names.functions
    doc_lines = long_doc_lines(root)
    failures += [f"doc line: {place}" for place in doc_lines]
    summary = [
        f"modules {len(modules)}, folders {len(folders)}, largest folder {max(folders.values())} files",
        f"deepest package {max(map(len, levels.values()))} levels, cycles {len(cycles)}",
        f"vague names {len(names.vague)} of {names.bound} ({len(names.vague) / names.bound:.2%})",
        f"participle functions {len(names.participles)} of {names.functions} ({participle_share:.2%})",
        f"doc lines over {MAX_DOC_COLUMNS} columns: {len(doc_lines)}",
    ]
    return summary, failures


def main() -> int:
    """Print the figures; return 1 when a limit is exceeded."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--list", action="store_true", help="print every place that exceeds a limit")
    arguments = parser.parse_args()
    summary, failures = problems(Path(__file__).resolve().parent.parent)
    print(*summary, sep="\n")
    if arguments.list:
        print(*failures, sep="\n")
    elif failures:
        print(f"{len(failures)} places exceed a limit; --list prints them")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
