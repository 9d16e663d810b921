"""A document type: what to look for, how to check it, and when to ask a person."""

import hashlib
import json
import re
from copy import replace
from typing import Any, Literal

from pydantic import ConfigDict, Field, SerializerFunctionWrapHandler, model_serializer

from shared.domain.base.finding import Severity
from shared.domain.base.frozen import Frozen
from shared.domain.types.evaluation import Evaluation

TYPE_NAME = re.compile(r"[a-z][a-z0-9_-]{0,47}")
"""A name is part of blob names and, behind `extract_`, of a schema's name, which may have 64 characters."""
FieldType = Literal["text", "number", "money", "date", "identifier", "currency", "boolean", "table"]


class FieldSpec(Frozen):
    """A field: its type, how pages label it, and whether a result may lack it. A table has columns.

    Stored types, their versions and YAML call `field_type` "kind".
    `name` is the path of a value inside objects, with dots: `seller.address.city`.
    `terms`: the business terms of EN 16931 (`BT-…`, a table: one group `BG-…`) that say the same in an e-invoice.
    `invalid_as_printed`: how severe it is that an `identifier` fails its check although the page prints just that.
    """

    model_config = ConfigDict(validate_by_name=True, serialize_by_alias=True)

    name: str
    field_type: FieldType = Field(alias="kind")
    title: str
    description: str = ""
    hint: str = ""
    labels: tuple[str, ...] = ()
    required: bool = False
    choices: tuple[str, ...] = ()
    identifier: str | None = None
    invalid_as_printed: Literal["error", "warning"] = "error"
    terms: tuple[str, ...] = ()
    columns: tuple["FieldSpec", ...] = ()


class Rule(Frozen):
    """A check over field values: `expression` (CEL) must be true; skipped while one of `fields` is absent.

    `each`: the table for each of whose rows it must be true; its names are the columns then, and rows in which one is
    empty are skipped. `tolerance`: how far two numbers may lie apart for the function `near` to call them equal.
    """

    id: str
    expression: str
    each: str = ""
    message: str
    severity: Severity = "error"
    fields: tuple[str, ...] = ()
    tolerance: float = Field(0.05, ge=0, allow_inf_nan=False)


class Policy(Frozen):
    """When a document may pass without a person, and how long it is kept.

    `accept_at`: least probability (0..1) that each value is right; None: nothing is accepted without a person. It is in
    force only under a configuration that it was evaluated under (`DocumentType.evaluations`).
    `retention_days`: days after its end at which everything about a document is deleted; None: as the setting says,
    0: never. `unique`: fields whose values, all together, only one document may state; another one is told of with
    `unique_severity`. `packets`: a file in the type's folder may be a stack of several documents, and is taken apart
    where its pages leave no doubt. `second_reading`: another model deployment reads every document too, without
    knowing of the first. `relevant_pages`: of a longer document extraction reads about so many pages, those that fit
    the fields best, and the others only for required fields that these lack; None: it reads all.
    """

    accept_at: float | None = Field(None, ge=0, le=1)
    required_evidence: bool = True
    retention_days: int | None = Field(None, ge=0, le=36_500)
    unique: tuple[str, ...] = ()
    unique_severity: Severity = "error"
    packets: bool = False
    second_reading: bool = False
    relevant_pages: int | None = Field(None, ge=2)

    @model_serializer(mode="wrap")
    def _without_absent_threshold(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Omit `accept_at` when it is None: workers of earlier versions demand a number."""
        body: dict[str, Any] = handler(self)
        return {name: value for name, value in body.items() if name != "accept_at" or value is not None}


class Example(Frozen):
    """A document with its right answer, shown to models: its `text` or a `picture`; `values` by field name.

    A table's value is a list of rows, each a mapping of its cells by column.
    """

    model_config = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")

    name: str
    text: str = ""
    picture: bytes | None = None
    media_type: str = ""
    values: dict[str, Any] = {}


class DocumentType(Frozen):
    """A folder of YAML, read. `version` is the hash of its content: a change is a new configuration.

    `evaluations`: the records that its policy refers to. They are no part of its content, and are stored apart from it.
    """

    name: str
    title: str
    description: str = ""
    labels: tuple[str, ...] = ()
    fields: tuple[FieldSpec, ...]
    rules: tuple[Rule, ...] = ()
    policy: Policy = Policy()
    examples: tuple[Example, ...] = ()
    version: str = ""
    evaluations: tuple[Evaluation, ...] = Field((), exclude=True)

    @property
    def evaluated_version(self) -> str:
        """The hash of everything that can change a value, its confidence or the route of a document.

        Not of the threshold, which a record states itself, nor of how long documents are kept. What has its default is
        left out, so that a later version of the program with further keys gives the same hash.
        """
        policy = replace(self.policy, accept_at=None, retention_days=None)
        measured = replace(self, policy=policy)
        return _content_hash(measured.model_dump(mode="json", exclude={"version"}, exclude_defaults=True))

    def field(self, name: str) -> FieldSpec:
        """Return the field called `name`; KeyError when the type has none."""
        for spec in self.fields:
            if spec.name == name:
                return spec
        raise KeyError(name)

    def with_version(self) -> "DocumentType":
        """Return this type with the version of its content; comments and layout of its YAML make no difference."""
        content = self.model_dump(mode="json", exclude={"version"})
        return replace(self, version=_content_hash(content))


class TypeProblem(Frozen):
    """What is wrong with a document type's folder, where, and what to do about it."""

    file: str
    line: int = 1
    message: str
    remedy: str

    def __str__(self) -> str:
        """Return one line, as compilers write it, so that editors find the place."""
        return f"{self.file}:{self.line}: {self.message} — {self.remedy}"


def _content_hash(content: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]
