"""What is asked for: single fields and tables, with the labels at which their values may stand."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from shared.domain.types.document_type import FieldSpec

_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z\d])(?=[A-Z][a-z])|(?<=[a-z])(?=\d)")


@dataclass(frozen=True)
class Field:
    """One value to find: `labels` are those of its specification, its title and its name as words."""

    name: str
    title: str
    description: str
    field_type: str
    labels: tuple[str, ...]
    identifier: str = ""
    options: tuple[str, ...] = ()

    @classmethod
    def from_spec(cls, spec: FieldSpec) -> "Field":
        """Return the field that a specification asks for."""
        title = spec.title or split_name(spec.name)
        own = [title, title.rpartition(": ")[2], split_name(spec.name)]
        labels = tuple(dict.fromkeys(label for label in (*spec.labels, *own) if label.strip()))
        return cls(spec.name, title, spec.description, spec.field_type, labels, spec.identifier or "", spec.choices)

    @property
    def words(self) -> str:
        """Name, title and description in lower case: where the field's meaning is looked up."""
        return f"{split_name(self.name)} {self.title} {self.description}".lower()


@dataclass(frozen=True)
class Table:
    """A list of rows to find, with its columns."""

    name: str
    columns: tuple[Field, ...]


def split_specs(specs: Sequence[FieldSpec]) -> tuple[list[Field], list[Table]]:
    """Return the single fields and the tables of a list of specifications."""
    fields = [Field.from_spec(spec) for spec in specs if spec.field_type != "table"]
    tables = [
        Table(spec.name, tuple(map(Field.from_spec, spec.columns))) for spec in specs if spec.field_type == "table"
    ]
    return fields, tables


def split_name(name: str) -> str:
    """Return a name as words, as it could stand on a page: `PayerTIN`, `payer_tin` and `payer.tin` are two words."""
    return " ".join(_HUMP.sub(" ", re.sub(r"[_.]", " ", name)).split())
