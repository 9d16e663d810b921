"""The rules of a document type as YAML writes them; short forms for sums, products and the order of dates."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from shared.document_types.yaml_files.source import Path, Source

type Form = tuple[str, str, str, list[str]]
"""Of a rule: id, expression, message, fields."""


def full_rule(body: Any, source: Source, path: Path) -> Any:  # noqa: ANN401 - YAML before it is validated
    """Return the rule in full: a short form (`sum`, `product`, `order`) gives what the author left out."""
    if not isinstance(body, dict):
        return body
    form: Form | None = None
    rest = dict(body)
    if "sum" in body:
        form = _sum(str(rest.pop("sum")), rest.pop("equals", None), source, path)
    elif "product" in body:
        table = _table_of(rest.get("equals"))
        form = _product(rest.pop("product"), str(rest.pop("equals", "")), source, path)
        rest["each"] = table
    elif "order" in body:
        form = _order(rest.pop("order"), source, path)
    else:
        return body
    if form is None:
        return None
    name, expression, message, fields = form
    defaults: Mapping[str, object] = {"id": name, "expression": expression, "message": message, "fields": fields}
    return {**defaults, **rest}


def _sum(cells: str, equals: object, source: Source, path: Path) -> Form | None:
    table, _, column = cells.partition(".")
    if not column or not isinstance(equals, str):
        remedy = "write {sum: line_items.amount, equals: net_total}"
        source.tell((*path, "sum"), "a sum names a table's column, and the field that it equals", remedy)
        return None
    message = f"The rows' {_words(column)} do not add up to {_words(equals)}."
    return f"sum_of_{table}_{column}", f'near(sum_of({table}, "{column}"), {equals})', message, [table, equals]


def _product(factors: Any, equals: str, source: Source, path: Path) -> Form | None:  # noqa: ANN401 - YAML before it is validated
    table, columns = _table_of(equals), [*factors, equals] if _are_names(factors) else []
    if not columns or not table or any(_table_of(column) != table for column in columns):
        remedy = "write {product: [line_items.quantity, line_items.unit_price], equals: line_items.amount}"
        source.tell((*path, "product"), "a product names columns of one table, and the column that it equals", remedy)
        return None
    names = [column.partition(".")[2] for column in columns]
    message = f"{' times '.join(map(_words, names[:-1]))} is not {_words(names[-1])}.".capitalize()
    return f"product_of_{table}_{names[-1]}", f"near({' * '.join(names[:-1])}, {names[-1]})", message, [table]


def _table_of(column: object) -> str:
    return str(column).partition(".")[0] if "." in str(column) else ""


def _order(fields: Any, source: Source, path: Path) -> Form | None:  # noqa: ANN401 - YAML before it is validated
    if not _are_names(fields):
        source.tell((*path, "order"), "an order names two fields or more", "write {order: [issue_date, due_date]}")
        return None
    expression = " && ".join(f"{first} <= {second}" for first, second in pairwise(fields))
    message = "Out of order: " + ", ".join(_words(name) for name in fields) + "."
    return f"order_of_{'_'.join(fields)}".replace(".", "_"), expression, message, fields


def _are_names(fields: Any) -> bool:  # noqa: ANN401 - YAML before it is validated
    return isinstance(fields, Sequence) and len(fields) > 1 and all(isinstance(name, str) for name in fields)


def _words(name: str) -> str:
    return name.replace(".", " ").replace("_", " ")
