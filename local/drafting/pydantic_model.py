"""Make a document type from the JSON Schema of a Pydantic model."""

import importlib
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from local.drafting.draft import as_yaml

_FIELD_KEYS = ("type", "format", "title", "description", "enum")
_TITLE_KEYS = ("title", "description")


class NotExportable(Exception):
    """The model cannot become a document type; the message names the field and what to do."""


def load_model(reference: str) -> type[BaseModel]:
    """Return the model that `module:Model` names, looked for in the current folder too; raises NotExportable."""
    module, _, name = reference.partition(":")
    sys.path.insert(0, str(Path.cwd()))
    try:
        model = getattr(importlib.import_module(module), name, None)
    except ImportError as error:
        raise NotExportable(f"{module} cannot be imported: {error}") from error
    finally:
        sys.path.pop(0)
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        raise NotExportable(f"{reference} is no Pydantic model: write module:Model")
    return model


def model_yaml(name: str, model: type[BaseModel]) -> str:
    """Return the `type.yaml` of a model. `x-…` keys come from `Field(json_schema_extra={…})`; raises NotExportable."""
    schema = model.model_json_schema()
    body = _object(schema, schema, "")
    head = {"name": name, "title": _words(schema.get("title", name)), "description": schema.get("description", "")}
    return as_yaml({**head, "labels": [head["title"]], "schema": body})


def _object(node: Mapping[str, Any], root: Mapping[str, Any], path: str) -> dict[str, Any]:
    required = list(node.get("required", ()))
    properties = {key: _field(field, root, f"{path}{key}") for key, field in node.get("properties", {}).items()}
    return {"type": "object", **({"required": required} if required else {}), "properties": properties}


def _field(raw_node: Mapping[str, Any], root: Mapping[str, Any], path: str) -> dict[str, Any]:
    node = _resolve_node(raw_node, root, path)
    extra = {key: value for key, value in node.items() if key.startswith("x-")}
    json_type = node.get("type")
    if json_type == "object" and "properties" in node:
        return {**{key: node[key] for key in _TITLE_KEYS if key in node}, **_object(node, root, f"{path}."), **extra}
    if json_type == "array":
        items = _resolve_node(node.get("items", {}), root, path)
        if "properties" not in items:
            raise NotExportable(f"{path}: a list of single values is no table: make its items a model with fields")
        titles = {key: node[key] for key in _TITLE_KEYS if key in node}
        return {"type": "array", **titles, "items": _object(items, root, f"{path}."), **extra}
    if json_type not in {"string", "number", "integer", "boolean"}:
        raise NotExportable(
            f"{path}: its type is {json_type or 'anything'}: use str, a number, bool, date, a model or a list"
        )
    body = {key: node[key] for key in _FIELD_KEYS if key in node}
    if body.get("format") not in {None, "date"}:
        del body["format"]
    return body | extra


def _resolve_node(node: Mapping[str, Any], root: Mapping[str, Any], path: str) -> Mapping[str, Any]:
    """Return the node with references followed, and of alternatives the one that is no null; Decimal is a number."""
    if "$ref" in node:
        target = root["$defs"][node["$ref"].rpartition("/")[2]]
        return _resolve_node({**target, **{key: value for key, value in node.items() if key != "$ref"}}, root, path)
    if "const" in node:
        return {**node, "type": "string", "enum": [node["const"]]}
    options = [option for option in node.get("anyOf", ()) if option.get("type") != "null"]
    types = {option.get("type") for option in options}
    if types == {"number", "string"}:
        options = [option for option in options if option["type"] == "number"]
    if len(options) > 1:
        raise NotExportable(f"{path}: a value of one of several types is not read: choose one")
    if options:
        rest = {key: value for key, value in node.items() if key != "anyOf"}
        return _resolve_node({**options[0], **rest}, root, path)
    return node


def _words(name: str) -> str:
    """Return a class name as words: `DeliveryNote` as `Delivery note`."""
    spaced = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()
    return spaced[:1].upper() + spaced[1:]
