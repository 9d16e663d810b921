"""Reads the business terms of e-invoices from `einvoice.yaml`."""

from functools import cache
from pathlib import Path
from typing import Any, get_args

import yaml

from shared.domain.einvoice import Root, Syntax, Term, TermGroup, Vocabulary

_FILE = Path(__file__).with_name("einvoice.yaml")


@cache
def einvoice_vocabulary() -> Vocabulary:
    """The business terms that a field can be bound to, with their places in each syntax."""
    body = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    steps = body["steps"]
    groups = {
        name: TermGroup(title=entry["title"], paths=_paths(entry, steps), terms=_terms(entry["terms"], steps))
        for name, entry in body["groups"].items()
    }
    roots = {name: Root.model_validate(entry) for name, entry in body["roots"].items()}
    return Vocabulary(roots=roots, renames=body["renames"], terms=_terms(body["terms"], steps), groups=groups)


def _terms(entries: dict[str, Any], steps: dict[str, str]) -> dict[str, Term]:
    return {name: Term(title=entry["title"], paths=_paths(entry, steps)) for name, entry in entries.items()}


def _paths(entry: dict[str, Any], steps: dict[str, str]) -> dict[Syntax, tuple[str, ...]]:
    """The paths of each syntax, their named steps written out."""
    found: dict[Syntax, tuple[str, ...]] = {}
    for syntax in get_args(Syntax):
        paths = entry[syntax] if isinstance(entry[syntax], list) else [entry[syntax]]
        found[syntax] = tuple(path.format_map(steps) for path in paths)
    return found
