"""Rules: CEL expressions over field values, evaluated in CEL's sandbox; true means that all is well.

Numbers are CEL doubles (write 1.0, not 1); dates are ISO strings, which compare as dates. Besides CEL's own there are
`absolute(number)`, `near(a, b)` within the rule's tolerance, `sum_of(rows, "column")`, which skips empty cells, and
`distinct(rows, "column")`. A rule is bounded before it runs: its length, and macros that go over rows once each.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cache, partial
from typing import Any, NamedTuple

import cel

from shared.document_types.identifiers import is_invalid
from shared.domain.document_type import DocumentType, FieldSpec, Rule
from shared.domain.finding import Finding, Severity
from shared.domain.forms import in_form
from shared.domain.paths import DOT, at, nested

MAX_EXPRESSION = 1000
"""Characters of an expression."""
ABSENT: tuple[object, ...] = (None, [])
BUILT_IN_RULES = frozenset({"required", "parses", "identifier"})
"""The rules of findings that values get by their field's definition, without a rule of the type."""
_MACRO = re.compile(r"\.(all|exists|exists_one|map|filter)\(\s*(\w+)\s*,")
"""CEL's macros over lists, with the variable that each binds."""
_COPYING = frozenset({"map", "filter"})
"""Macros that copy the list at each step: two seconds for 3,200 rows (measured), where `all` takes 15 ms."""
_SUM = re.compile(r"sum_of\(\s*([\w.]+)")
"""A sum over a table, with the table's name."""
_FAILURES = (RuntimeError, TypeError, ValueError, LookupError, ArithmeticError)
"""What CEL raises: undefined function, mixed types, bad conversion, no such key or index, overflow."""
_EPSILON = 1e-9
_MOST_ROWS_TOLD = 5


class RuleProblem(NamedTuple):
    """What is wrong with a rule, and what to do about it."""

    message: str
    remedy: str


def check_expression(expression: str) -> RuleProblem | None:
    """Return what is wrong with an expression whatever the fields are: its length, its syntax, its cost; or None."""
    if len(expression) > MAX_EXPRESSION:
        return RuleProblem(f"the expression is longer than {MAX_EXPRESSION} characters", "make several rules of it")
    try:
        cel.compile(expression)
    except ValueError as error:
        return RuleProblem(f"the expression does not parse: {_first_line(error)}", "see the language at cel.dev")
    return _runaway(expression)


def check_rule(rule: Rule, fields: Sequence[FieldSpec]) -> RuleProblem | None:
    """What is wrong with a rule of a type with these fields, or None; it is tried on made-up values too."""
    if problem := check_expression(rule.expression):
        return problem
    names = {spec.name for spec in fields}
    known = ", ".join(sorted(names))
    program = cel.compile(rule.expression)
    bound = {variable for _, variable in _MACRO.findall(rule.expression)}
    roots = {name.partition(DOT)[0] for name in names}
    unknown = sorted((set(program.variables()) - bound - roots) | (set(rule.fields) - names))
    if unknown:
        return RuleProblem(f"no field is called {', '.join(unknown)}", f"the type has {known}")
    return _tried(rule, fields)


def findings(kind: DocumentType, values: Mapping[str, object]) -> list[Finding]:
    """What the type's rules, its required fields, kinds and identifiers say about `values` (by field name)."""
    told = [_missing(spec) for spec in kind.fields if spec.required and values.get(spec.name) in ABSENT]
    for spec in kind.fields:
        value = values.get(spec.name)
        if isinstance(value, list):
            told += _rows(spec, value)
        elif not _parses(spec, value):
            told.append(_misread(spec))
        elif is_invalid(spec.identifier, value):
            told.append(_invalid(spec))
    context = _objects(values)
    for rule in kind.rules:
        if applies(rule, values):
            told += _evaluate(rule, context)
    return told


def broken_rules(rules: Sequence[Rule], values: Mapping[str, object]) -> list[Rule]:
    """Those of the rules that do not hold for `values`, or do not apply to them."""
    context = _objects(values)
    return [rule for rule in rules if not applies(rule, values) or _evaluate(rule, context)]


def adds_up(kind: DocumentType, values: Mapping[str, object], doubtful: AbstractSet[str] = frozenset()) -> set[str]:
    """The tables whose rows add up to something else that the document states: those of a rule on a sum that holds.

    A rule that touches a `doubtful` field shows nothing.
    """
    sums = [rule for rule in kind.rules if _SUM.search(rule.expression) and doubtful.isdisjoint(rule.fields)]
    broken = {rule.id for rule in broken_rules(sums, values)}
    return {table for rule in sums if rule.id not in broken for table in _SUM.findall(rule.expression)}


def sums_table(rule: Rule, table: str) -> bool:
    """Whether a rule adds up the rows of a table."""
    return table in _SUM.findall(rule.expression)


def applies(rule: Rule, values: Mapping[str, object]) -> bool:
    """Whether every field that the rule names has a value."""
    return all(values.get(name) not in ABSENT for name in rule.fields)


def holds(rule: Rule, values: Mapping[str, object]) -> bool:
    """Whether a rule that applies holds for these values."""
    return not _evaluate(rule, _objects(values))


def _evaluate(rule: Rule, values: Mapping[str, Any]) -> list[Finding]:
    try:
        holds = _compiled(rule.expression).execute(_context(rule, values))
    except _FAILURES as error:
        reason = f"The rule could not be evaluated ({type(error).__name__}): {rule.message}"
        return [Finding(rule=rule.id, severity="warning", message=reason, fields=rule.fields)]
    if holds is True:
        return []
    return [Finding(rule=rule.id, severity=rule.severity, message=rule.message, fields=rule.fields)]


@cache
def _compiled(expression: str) -> cel.Program:
    return cel.compile(expression)


def _context(rule: Rule, values: Mapping[str, Any]) -> cel.Context:
    functions: dict[str, Callable[..., object]] = {
        "absolute": abs,
        "near": partial(_near, rule.tolerance),
        "sum_of": _sum_of,
        "distinct": _distinct,
    }
    context = cel.Context()
    for name, function in functions.items():
        context.add_function(name, function)
    for name, value in values.items():
        if name.isidentifier():
            context.add_variable(name, value)
    return context


def _objects(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as expressions see them: what has a dotted name stands inside objects, in rows too."""
    return nested({n: [nested(row) for row in v] if isinstance(v, list) else v for n, v in values.items()})


def _near(tolerance: float, first: float, second: float) -> bool:
    return abs(first - second) <= tolerance + _EPSILON


def _sum_of(rows: list[dict[str, Any]], column: str) -> float:
    return float(sum(_cell(row, column) or 0.0 for row in rows))


def _distinct(rows: list[dict[str, Any]], column: str) -> bool:
    cells = [cell for row in rows if (cell := _cell(row, column)) is not None]
    return len(set(cells)) == len(cells)


def _cell(row: dict[str, Any], column: str) -> Any:  # noqa: ANN401 - whatever the cell holds
    """The cell of a row; None where it is empty. Raises KeyError when the table has no such column."""
    return at(row, column)


def _runaway(expression: str) -> RuleProblem | None:
    """What would make the expression slow on a long table: macros inside each other, and those that copy lists."""
    macros = list(_MACRO.finditer(expression))
    copying = next((match[1] for match in macros if match[1] in _COPYING), None)
    if copying:
        return RuleProblem(f"{copying}(…) is too slow on long tables", "use all, exists, sum_of or distinct")
    for match in macros:
        inside = expression[match.end() : _closing(expression, match.end())]
        if _MACRO.search(inside):
            return RuleProblem("macros inside each other are too slow on long tables", "use distinct, or two rules")
    return None


def _closing(expression: str, start: int) -> int:
    """Where the parenthesis that is open at `start` closes; text in quotes may only make the span longer."""
    depth = 1
    for place in range(start, len(expression)):
        depth += {"(": 1, ")": -1}.get(expression[place], 0)
        if depth == 0:
            return place
    return len(expression)


def _tried(rule: Rule, fields: Sequence[FieldSpec]) -> RuleProblem | None:
    """What evaluating the rule on made-up values shows: columns and functions that do not exist, and mixed types."""
    values = _objects({spec.name: _sample(spec) for spec in fields})
    try:
        result = _compiled(rule.expression).execute(_context(rule, values))
    except KeyError as error:
        return RuleProblem(f"there is no {error.args[0]!r} there", "compare the names with the schema's")
    except (TypeError, RuntimeError) as error:
        return RuleProblem(f"it cannot be evaluated: {_first_line(error)}", "numbers are doubles: write 1.0, not 1")
    except _FAILURES:
        return None  # such as a date that is not what the rule expects of real ones
    if not isinstance(result, bool):
        return RuleProblem(f"it gives a {type(result).__name__}", "a rule says what must be true")
    return None


def _sample(spec: FieldSpec) -> object:
    if spec.kind == "table":
        return [{column.name: _sample(column) for column in spec.columns}]
    samples: dict[str, object] = {"number": 1.0, "money": 1.0, "boolean": True, "date": "2026-01-31", "currency": "EUR"}
    return spec.choices[0] if spec.choices else samples.get(spec.kind, "text")


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0].partition(". ")[0]


def _missing(spec: FieldSpec) -> Finding:
    text = f"{spec.title} is required, but was not found."
    return Finding(rule="required", severity="error", message=text, fields=(spec.name,))


def _invalid(spec: FieldSpec) -> Finding:
    text = f"{spec.title} is not a valid {spec.identifier}: its check digits or its form are wrong."
    return Finding(rule="identifier", severity="error", message=text, fields=(spec.name,))


def _misread(spec: FieldSpec) -> Finding:
    text = f"{spec.title} is not written as a {spec.kind} is, or is none of its choices."
    return Finding(rule="parses", severity="error", message=text, fields=(spec.name,))


def _parses(spec: FieldSpec, value: object) -> bool:
    return not isinstance(value, str) or in_form(spec, value)[1]


def _rows(spec: FieldSpec, rows: Sequence[Mapping[str, object]]) -> list[Finding]:
    """What the rows of a table lack, and which of their identifiers are wrong; one finding a column."""
    told = []
    for column in spec.columns:
        lacking = [number for number, row in enumerate(rows, 1) if column.required and row.get(column.name) is None]
        misread = [number for number, row in enumerate(rows, 1) if not _parses(column, row.get(column.name))]
        invalid = [number for number, row in enumerate(rows, 1) if is_invalid(column.identifier, row.get(column.name))]
        problems: tuple[tuple[str, Severity, list[int], str], ...] = (
            ("required", "warning", lacking, "is missing"),
            ("parses", "warning", misread, f"is not written as a {column.kind} is"),
            ("identifier", "error", invalid, f"is no valid {column.identifier}"),
        )
        for rule, severity, numbers, what in problems:
            if numbers:
                text = f"{spec.title}: {column.title} {what} in row {_listed(numbers)}."
                told.append(Finding(rule=rule, severity=severity, message=text, fields=(spec.name,)))
    return told


def _listed(numbers: Sequence[int]) -> str:
    shown = ", ".join(str(number) for number in numbers[:_MOST_ROWS_TOLD])
    more = len(numbers) - _MOST_ROWS_TOLD
    return f"{shown} and {more} more" if more > 0 else shown
