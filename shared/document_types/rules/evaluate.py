"""Evaluate rules: expressions over field values, or over the cells of each row of a table; true means no problem."""

import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from shared.document_types.rules.expressions import (
    FAILURES,
    RuleProblem,
    as_objects,
    check_expression,
    evaluate,
    evaluate_rows,
    first_line,
    variables,
)
from shared.document_types.rules.identifiers import is_invalid
from shared.domain.base.finding import Finding, Severity
from shared.domain.base.paths import DOT, at, to_flat
from shared.domain.documents.normalizing import normalize_value
from shared.domain.types.document_type import DocumentType, FieldSpec, Rule

ABSENT: tuple[object, ...] = (None, [])
BUILT_IN_RULES = frozenset({"required", "parses", "identifier"})
"""The rules of findings that values get by their field's definition, without a rule of the type."""
_SUM = re.compile(r"sum_of\(\s*([\w.]+)")
"""A sum over a table, with the table's name."""
_SUMMED_COLUMN = re.compile(r"sum_of\(\s*([\w.]+)\s*,\s*[\"']([\w.]+)[\"']\s*\)")
_MAX_LISTED_ROWS = 5


def check_rule(rule: Rule, fields: Sequence[FieldSpec]) -> RuleProblem | None:
    """Return what is wrong with a rule of a type with these fields, or None; it is tried on made-up values too."""
    if problem := check_expression(rule.expression):
        return problem
    names = {spec.name for spec in fields}
    field_names = ", ".join(sorted(names))
    operands = fields
    if rule.each:
        table = next((spec for spec in fields if spec.name == rule.each and spec.field_type == "table"), None)
        if table is None:
            return RuleProblem(f"each: no table is called {rule.each}", f"the type has {field_names}")
        operands = table.columns
    roots = {spec.name.partition(DOT)[0] for spec in operands}
    unknown = sorted((variables(rule.expression) - roots) | (set(rule.fields) - names))
    if unknown:
        remedy = f"the table has {', '.join(sorted(roots))}" if rule.each else f"the type has {field_names}"
        return RuleProblem(f"no field is called {', '.join(unknown)}", remedy)
    return _try_rule(rule, operands)


def findings(document_type: DocumentType, values: Mapping[str, object]) -> list[Finding]:
    """Return what the type's rules, its required fields, kinds and identifiers say about `values` (by field name)."""
    problems = [_missing(spec) for spec in document_type.fields if spec.required and values.get(spec.name) in ABSENT]
    for spec in document_type.fields:
        value = values.get(spec.name)
        if isinstance(value, list):
            problems += _rows(spec, value)
        elif not _parses(spec, value):
            problems.append(_misread(spec))
        elif is_invalid(spec.identifier, value):
            problems.append(_invalid(spec))
    context = as_objects(values)
    for rule in document_type.rules:
        if applies(rule, values):
            problems += _evaluate(rule, context)
    return problems


def broken_rules(rules: Sequence[Rule], values: Mapping[str, object]) -> list[Rule]:
    """Return the rules that do not hold for `values`, or do not apply to them."""
    context = as_objects(values)
    return [rule for rule in rules if not applies(rule, values) or _evaluate(rule, context)]


def adds_up(
    document_type: DocumentType, values: Mapping[str, object], doubtful: AbstractSet[str] = frozenset()
) -> set[str]:
    """Return the tables whose rows add up to another stated value: those with a rule on a sum that holds.

    A rule that touches a `doubtful` field shows nothing.
    """
    sums = [rule for rule in document_type.rules if _SUM.search(rule.expression) and doubtful.isdisjoint(rule.fields)]
    broken = {rule.id for rule in broken_rules(sums, values)}
    return {table for rule in sums if rule.id not in broken for table in _SUM.findall(rule.expression)}


def summed_columns(rule: Rule) -> list[tuple[str, str]]:
    """Return the tables, each with the column, whose cells a rule adds up."""
    return _SUMMED_COLUMN.findall(rule.expression)


def sums_table(rule: Rule, table: str) -> bool:
    """Return whether a rule adds up the rows of a table."""
    return table in _SUM.findall(rule.expression)


def applies(rule: Rule, values: Mapping[str, object]) -> bool:
    """Return whether every field that the rule names has a value."""
    named = (*rule.fields, rule.each) if rule.each else rule.fields
    return all(values.get(name) not in ABSENT for name in named)


def holds(rule: Rule, values: Mapping[str, object]) -> bool:
    """Return whether a rule that applies holds for these values."""
    return not _evaluate(rule, as_objects(values))


def row_results(rule: Rule, rows: Sequence[Mapping[str, object]]) -> list[bool | None]:
    """Return whether a rule with `each` holds for each row; None where a cell that it uses is empty, or none is."""
    used = variables(rule.expression)
    results = evaluate_rows(rule.expression, rule.tolerance, (_used_cells(used, row) for row in rows))
    return [None if result is None else result is True for result in results]


def _used_cells(used: AbstractSet[str], row: Mapping[str, object]) -> dict[str, Any] | None:
    """Return the cells that an expression uses as it sees them; None where one is empty."""
    cells = {name: value for name, value in row.items() if name.partition(DOT)[0] in used}
    is_full = bool(used) and None not in cells.values() and used == {name.partition(DOT)[0] for name in cells}
    return as_objects(cells) if is_full else None


def _evaluate(rule: Rule, values: Mapping[str, Any]) -> list[Finding]:
    if rule.each:
        results = row_results(rule, [to_flat(row) for row in at(values, rule.each)])
        failing = [number for number, result in enumerate(results, 1) if result is False]
        text = f"{rule.message.rstrip('.')} (row {_list_rows(failing)})."
        fields = rule.fields or (rule.each,)
        return [Finding(rule=rule.id, severity=rule.severity, message=text, fields=fields)] if failing else []
    try:
        holds = evaluate(rule.expression, rule.tolerance, values)
    except FAILURES as error:
        reason = f"The rule could not be evaluated ({type(error).__name__}): {rule.message}"
        return [Finding(rule=rule.id, severity="warning", message=reason, fields=rule.fields)]
    if holds is True:
        return []
    return [Finding(rule=rule.id, severity=rule.severity, message=rule.message, fields=rule.fields)]


def _try_rule(rule: Rule, fields: Sequence[FieldSpec]) -> RuleProblem | None:
    """Evaluate the rule on made-up values to find unknown names and mixed types; None when it works."""
    values = as_objects({spec.name: _sample(spec) for spec in fields})
    try:
        result = evaluate(rule.expression, rule.tolerance, values)
    except KeyError as error:
        return RuleProblem(f"there is no {error.args[0]!r} there", "compare the names with the schema's")
    except (TypeError, RuntimeError) as error:
        return RuleProblem(f"it cannot be evaluated: {first_line(error)}", "numbers are doubles: write 1.0, not 1")
    except FAILURES:
        return None  # such as a date that is not what the rule expects of real ones
    if not isinstance(result, bool):
        return RuleProblem(f"it gives a {type(result).__name__}", "a rule says what must be true")
    return None


def _sample(spec: FieldSpec) -> object:
    if spec.field_type == "table":
        return [{column.name: _sample(column) for column in spec.columns}]
    samples: dict[str, object] = {"number": 1.0, "money": 1.0, "boolean": True, "date": "2026-01-31", "currency": "EUR"}
    return spec.choices[0] if spec.choices else samples.get(spec.field_type, "text")


def _missing(spec: FieldSpec) -> Finding:
    text = f"{spec.title} is required, but was not found."
    return Finding(rule="required", severity="error", message=text, fields=(spec.name,))


def _invalid(spec: FieldSpec) -> Finding:
    text = f"{spec.title} is not a valid {spec.identifier}: its check digits or its form are wrong."
    return Finding(rule="identifier", severity="error", message=text, fields=(spec.name,))


def _misread(spec: FieldSpec) -> Finding:
    text = f"{spec.title} is not written as a {spec.field_type} is, or is none of its choices."
    return Finding(rule="parses", severity="error", message=text, fields=(spec.name,))


def _parses(spec: FieldSpec, value: object) -> bool:
    return not isinstance(value, str) or normalize_value(spec, value)[1]


def _rows(spec: FieldSpec, rows: Sequence[Mapping[str, object]]) -> list[Finding]:
    """Return what the rows of a table lack, and which of their identifiers are wrong; one finding a column."""
    problems = []
    for column in spec.columns:
        lacking = [number for number, row in enumerate(rows, 1) if column.required and row.get(column.name) is None]
        misread = [number for number, row in enumerate(rows, 1) if not _parses(column, row.get(column.name))]
        invalid = [number for number, row in enumerate(rows, 1) if is_invalid(column.identifier, row.get(column.name))]
        checks: tuple[tuple[str, Severity, list[int], str], ...] = (
            ("required", "warning", lacking, "is missing"),
            ("parses", "warning", misread, f"is not written as a {column.field_type} is"),
            ("identifier", "error", invalid, f"is no valid {column.identifier}"),
        )
        for rule, severity, numbers, statement in checks:
            if numbers:
                text = f"{spec.title}: {column.title} {statement} in row {_list_rows(numbers)}."
                problems.append(Finding(rule=rule, severity=severity, message=text, fields=(spec.name,)))
    return problems


def _list_rows(numbers: Sequence[int]) -> str:
    shown = ", ".join(str(number) for number in numbers[:_MAX_LISTED_ROWS])
    more = len(numbers) - _MAX_LISTED_ROWS
    return f"{shown} and {more} more" if more > 0 else shown
