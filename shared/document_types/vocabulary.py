"""Read the business terms of e-invoices from `einvoice.yaml`."""

from functools import cache
from pathlib import Path
from typing import Any, get_args

import yaml

from shared.domain.types.document_type import FieldSpec
from shared.domain.types.einvoice import Root, Syntax, Term, TermGroup, Vocabulary

_FILE = Path(__file__).with_name("einvoice.yaml")


@cache
def einvoice_vocabulary() -> Vocabulary:
    """Return the business terms that a field can be bound to, with their places in each syntax."""
    body = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    steps = body["steps"]
    groups = {
        name: TermGroup(title=entry["title"], paths=_paths(entry, steps), terms=_terms(entry["terms"], steps))
        for name, entry in body["groups"].items()
    }
    roots = {name: Root.model_validate(entry) for name, entry in body["roots"].items()}
    return Vocabulary(roots=roots, renames=body["renames"], terms=_terms(body["terms"], steps), groups=groups)


def check_binding(spec: FieldSpec) -> str | None:
    """Return what is wrong with the business terms that a field and its columns are bound to, or None."""
    vocabulary = einvoice_vocabulary()
    allowed = vocabulary.groups if spec.field_type == "table" else vocabulary.terms
    unknown = [term for term in spec.terms if term not in allowed]
    if unknown:
        targets = (
            "groups that a table can be bound to"
            if spec.field_type == "table"
            else "terms that a field can be bound to"
        )
        return f"x-einvoice names {', '.join(unknown)}; the {targets} are {', '.join(allowed)}"
    inside = (
        {term for group in spec.terms for term in vocabulary.groups[group].terms}
        if spec.field_type == "table"
        else set()
    )
    for column in spec.columns:
        unknown = [term for term in column.terms if term not in inside]
        if unknown:
            listed = ", ".join(sorted(inside)) or "none, because the table itself is bound to no group (BG-25, say)"
            return f"{column.name}: x-einvoice names {', '.join(unknown)}; the table's terms are {listed}"
    return None


def _terms(entries: dict[str, Any], steps: dict[str, str]) -> dict[str, Term]:
    return {
        name: Term(title=entry["title"], paths=_paths(entry, steps), foot=entry.get("foot", False))
        for name, entry in entries.items()
    }


def _paths(entry: dict[str, Any], steps: dict[str, str]) -> dict[Syntax, tuple[str, ...]]:
    """Return the paths of each syntax, their named steps written out."""
    paths_by_syntax: dict[Syntax, tuple[str, ...]] = {}
    for syntax in get_args(Syntax):
        paths = entry[syntax] if isinstance(entry[syntax], list) else [entry[syntax]]
        paths_by_syntax[syntax] = tuple(path.format_map(steps) for path in paths)
    return paths_by_syntax
