"""Links, paths, modules and make targets that the documentation names."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

import pytest

from scripts.structure import MAX_DOC_COLUMNS, long_doc_lines
from tests.architecture.tree import PACKAGES, ROOT, files

PAGES = [name for name in files() if name.endswith(".md")]
FENCE = re.compile(r"^ *```.*?^ *```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#{1,6} +(.+?) *$", re.MULTILINE)
CODE = re.compile(r"`([^`\n]+)`")
TOP = (*PACKAGES, "docs/", "tests/", "scripts/", "samples/", "web/", "infra/")
PATH = re.compile(rf"(?<![\w./{{}}<>-])(?:{'|'.join(re.escape(top) for top in TOP)})[\w./*-]*")
MODULE = re.compile(rf"python3? -m ((?:{'|'.join(top.strip('/') for top in TOP if top.endswith('/'))})[\w.]*)")
TARGET = re.compile(r"\bmake ([a-z][a-z-]*)")
PLACEHOLDER = re.compile(r"[<>{}…]|NAME")


def without_fences(text: str) -> str:
    """Return the text without fenced code blocks."""
    return FENCE.sub("", text)


def anchors(page: str) -> set[str]:
    """Return the fragment identifiers that GitHub gives the headings of a page."""
    headings = HEADING.findall(without_fences((ROOT / page).read_text("utf-8")))
    plain = (re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading).lower() for heading in headings)
    return {re.sub(r"[^\w\- ]", "", heading).replace(" ", "-") for heading in plain}


def broken_links(page: str) -> Iterator[str]:
    """Yield the relative links of a page whose file or heading does not exist."""
    for link in LINK.findall(without_fences((ROOT / page).read_text("utf-8"))):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, fragment = link.partition("#")
        target = (ROOT / page).parent / path if path else ROOT / page
        if not target.exists() or (fragment and fragment not in anchors(target.resolve().relative_to(ROOT).as_posix())):
            yield link


def missing_paths(page: str) -> Iterator[str]:
    """Yield the paths and modules of the repository that a page names and that do not exist."""
    text = (ROOT / page).read_text("utf-8")
    blocks = [block for block in FENCE.findall(text) if not block.lstrip().startswith("```text")]  # not output
    for code in [*CODE.findall(without_fences(text)), *blocks]:
        for path in PATH.findall(code):
            if not PLACEHOLDER.search(code) and "*" not in path and not any(ROOT.glob(path.rstrip("/."))):
                yield path
    for module in MODULE.findall(text):
        if PLACEHOLDER.search(module):
            continue
        place = ROOT / PurePosixPath(*module.rstrip(".").split("."))
        if not (place.with_suffix(".py").exists() or (place / "__main__.py").exists()):
            yield module


@pytest.mark.parametrize("page", PAGES)
def test_every_relative_link_leads_to_a_file_and_heading(page: str) -> None:
    """A link that leads nowhere wastes the reader's time."""
    assert [] == list(broken_links(page))


@pytest.mark.parametrize("page", PAGES)
def test_every_path_and_module_exists(page: str) -> None:
    """Paths in prose survive a move of files only when something checks them."""
    assert [] == list(missing_paths(page))


@pytest.mark.parametrize("page", PAGES)
def test_every_make_target_exists(page: str) -> None:
    """A command that a page tells to run must be there."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    text = (ROOT / page).read_text("utf-8")
    codes = [*CODE.findall(without_fences(text)), *FENCE.findall(text)]
    assert set() == {name for code in codes for name in TARGET.findall(code)} - targets


def test_lines_stay_within_the_column_limit() -> None:
    """The formatter wraps prose; code blocks are wrapped by hand."""
    assert [] == long_doc_lines(ROOT), f"over {MAX_DOC_COLUMNS} columns"
