"""Types for documents that no type is there for, drafted from the names and shapes of what a set labels.

No value gets into a type: it says what to look for, not what to find. docs/evaluation.md has the rules.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from local.drafting.draft import as_yaml, property_schema, slug
from quality.evals.drafted_types.shapes import Shape, shapes
from quality.evals.sets.labelled import Labelled
from quality.evals.sets.prediction import PredictedField, Prediction
from shared.document_types.loader import BUILT_IN
from shared.document_types.yaml_files.folder import TYPE_FILE
from shared.domain.base.paths import DOT, to_nested
from shared.domain.types.document_type import DocumentType, FieldSpec
from shared.rule_reader.fields.fields import split_name

type _Key = tuple[frozenset[str], str]
_MEANT = {
    **dict.fromkeys(("vendor", "supplier", "merchant"), "seller"),
    **dict.fromkeys(("customer", "client"), "buyer"),
    **dict.fromkeys(("id", "no", "nr", "num"), "number"),
}
_TELLING = 8  # letters of a label of one word that says what it is: "Subtotal", but not "Date"


@dataclass(frozen=True)
class Drafted:
    """A drafted type: its `type.yaml`, its name, and what the set calls such documents and their fields."""

    label: str
    name: str
    shapes: tuple[Shape, ...]
    body: str

    def write(self, folder: Path) -> None:
        """Make it a type's folder in `folder`."""
        own = folder / self.name
        own.mkdir(parents=True)
        (own / TYPE_FILE).write_text(self.body, encoding="utf-8")

    def as_labelled(self, prediction: Prediction) -> Prediction:
        """Return a prediction in the set's own names."""
        named = {shape.name: shape for shape in self.shapes}
        fields = {named[name].label: _rename_fields(field, named[name]) for name, field in prediction.fields.items()}
        return replace(prediction, document_type=self.label, fields=fields)

    def type_as_labelled(self, kind: DocumentType) -> DocumentType:
        """Return the loaded type in the set's own names: what predictions are scored against."""
        return kind.model_copy(update={"name": self.label, "fields": _specs(kind.fields, self.shapes)})


def draft(documents: Sequence[Labelled], types: Mapping[str, DocumentType], given: Iterable[str]) -> list[Drafted]:
    """Draft a type for each set of documents whose labels no type covers; `given` types are never replaced."""
    found: list[Drafted] = []
    lent = _labels(types)
    for label in dict.fromkeys(document.document_type for document in documents):
        known = types.get(label)
        fields = shapes([document.fields for document in documents if document.document_type == label])
        if label in given or not fields or (known and all(_has(known, shape) for shape in fields)):
            continue
        name = label if known else _free(slug(label) or "drafted", {*types, *(other.name for other in found)})
        found.append(Drafted(label, name, fields, _type_yaml(name, label, fields, known, lent)))
    return found


def _has(kind: DocumentType, shape: Shape) -> bool:
    """Return whether the type has the field, a table with every labelled column."""
    spec = next((spec for spec in kind.fields if spec.name == shape.label), None)
    columns = {column.name for column in spec.columns} if spec else set[str]()
    return (
        spec is not None
        and bool(spec.columns) == bool(shape.columns)
        and columns >= {column.label for column in shape.columns}
    )


def _labels(types: Mapping[str, DocumentType]) -> dict[_Key, Sequence[str]]:
    """Return what pages call the values of the known types, by the meaning of their names and their kinds.

    A telling label, of several words or a long one, also stands for a name: that of the field whose labels have it
    nearest to their beginning.
    """
    named: dict[_Key, list[str]] = {}
    meant: dict[_Key, tuple[int, Sequence[str]]] = {}
    for kind in types.values():
        for spec in (part for field in kind.fields for part in (field, *field.columns)):
            named.setdefault((_meaning(spec.name), spec.field_type), []).extend(spec.labels)
            for place, label in enumerate(spec.labels):
                key = _meaning(label), spec.field_type
                telling = " " in label or len(label) >= _TELLING
                if telling and place < meant.get(key, (len(spec.labels),))[0]:
                    meant[key] = place, spec.labels
    return {key: labels for key, (_, labels) in meant.items()} | named


def _meaning(name: str) -> frozenset[str]:
    """Return the words of a name in any order, each by the one that the library's types use for it."""
    words = split_name(name).lower().replace("sub total", "subtotal").split()
    return frozenset(_MEANT.get(word, word) for word in words)


def _type_yaml(
    name: str,
    label: str,
    fields: Sequence[Shape],
    known: DocumentType | None,
    lent: Mapping[_Key, Sequence[str]],
) -> str:
    """Return a type of these fields; those that the library's type of that name has as well are taken over from it."""
    library = yaml.safe_load((BUILT_IN / name / TYPE_FILE).read_text("utf-8")) if known else {}
    tree = _properties(to_nested({shape.name: _property(shape, lent) for shape in fields}))
    for key in tree.keys() & library.get("schema", {}).get("properties", {}).keys():
        inside = [shape for shape in fields if shape.name.split(DOT)[0] == key]
        if known and all(_has(known, shape) for shape in inside):
            tree[key] = library["schema"]["properties"][key]
    title = split_name(label)
    head = {key: library.get(key, other) for key, other in (("title", title), ("description", ""), ("labels", [title]))}
    return as_yaml(
        {"name": name, **head, "schema": {"type": "object", "properties": tree}, "policy": {"accept_at": 0.9}}
    )


def _property(shape: Shape, lent: Mapping[_Key, Sequence[str]]) -> dict[str, Any]:
    called = split_name(shape.label.rpartition(DOT)[2] or shape.label)
    names = [shape.label, *([called] if " " in called else [])]  # "date" inside an object may be any date
    known = next((lent[key] for name in names if (key := (_meaning(name), shape.kind)) in lent), ())
    body = property_schema(shape.kind, called, list(dict.fromkeys((called, *known))))
    if shape.columns:
        columns = to_nested({column.name: _property(column, lent) for column in shape.columns})
        body["items"] = {"type": "object", "properties": _properties(columns)}
    return body


def _properties(tree: Mapping[str, Any]) -> dict[str, Any]:
    """Whatever is no property yet is an object with its fields inside."""
    return {
        name: body
        if isinstance(body.get("type"), str)
        else {"type": "object", "title": split_name(name), "properties": _properties(body)}
        for name, body in tree.items()
    }


def _free(name: str, taken: Iterable[str]) -> str:
    number, candidate = 1, name
    while candidate in taken:
        number += 1
        candidate = f"{name}_{number}"
    return candidate


def _rename_fields(field: PredictedField, shape: Shape) -> PredictedField:
    if field.rows is None:
        return field
    labels = {column.name: column.label for column in shape.columns}
    rows = (
        replace(row, cells={labels.get(name, name): cell for name, cell in row.cells.items()}) for row in field.rows
    )
    return replace(field, rows=tuple(rows))


def _specs(specs: Sequence[FieldSpec], named: Sequence[Shape]) -> tuple[FieldSpec, ...]:
    """Return the fields under the set's names; a table taken over from the library may have more columns."""
    by_name = {shape.name: shape for shape in named}
    found = []
    for spec in specs:
        shape = by_name.get(spec.name)
        names = {} if shape is None else {"name": shape.label, "columns": _specs(spec.columns, shape.columns)}
        found.append(spec.model_copy(update=names))
    return tuple(found)
