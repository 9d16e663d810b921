"""Expressions of rules in CEL, evaluated in its sandbox.

Numbers are CEL doubles (write 1.0, not 1): `as_objects` makes them of the decimal numbers that values are, and nothing
else does. CEL has no decimals, and its integers do not mix with doubles. Hence `near` and `sum_of` calculate
with decimals again, so that no rule fails by the noise of binary fractions; sums by CEL's own + and - keep it, and
`near` compares them without it. Dates are ISO strings, which compare as dates. Besides CEL's own functions there are
`absolute(number)`, `near(a, b)` within the rule's tolerance, `sum_of(rows, "column")`, which skips empty cells, and
`distinct(rows, "column")`. An expression is bounded before it runs: its length, and macros that go over rows once each.
"""

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from functools import cache, partial
from typing import Any, NamedTuple

from shared.document_types.rules.cel_binding import cel
from shared.domain.base.paths import at, to_nested
from shared.domain.values.amounts import as_json_number, to_amount

MAX_EXPRESSION = 1000
"""Characters of an expression."""
FAILURES = (RuntimeError, TypeError, ValueError, LookupError, ArithmeticError)
"""What CEL raises: undefined function, mixed types, bad conversion, no such key or index, overflow."""
_MACRO = re.compile(r"\.(all|exists|exists_one|map|filter)\(\s*(\w+)\s*,")
"""CEL's macros over lists, with the variable that each binds."""
_COPYING = frozenset({"map", "filter"})
"""Macros that copy the list at each step: two seconds for 3,200 rows (measured), where `all` takes 15 ms."""
_NEAR_DECIMALS = 6
"""Decimals of what `near` compares: currencies have four at most, and what doubles add to a sum is less."""


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
        return RuleProblem(f"the expression does not parse: {first_line(error)}", "see the language at cel.dev")
    return _find_slow_macro(expression)


def variables(expression: str) -> set[str]:
    """Return the names that an expression uses without binding them itself."""
    bound = {variable for _, variable in _MACRO.findall(expression)}
    return set(_compile(expression).variables()) - bound


def evaluate(expression: str, tolerance: float, values: Mapping[str, Any]) -> object:
    """Return what an expression gives for these values, as `as_objects` makes them; raises one of FAILURES."""
    return _compile(expression).execute(_context(tolerance, values))


def evaluate_rows(
    expression: str, tolerance: float, rows: Iterable[Mapping[str, Any] | None]
) -> Iterator[object | None]:
    """Yield what an expression gives for each row, which holds all variables that it uses; None for no row.

    False where it cannot be evaluated. One context serves all rows: to make one costs three times an evaluation.
    """
    context = _context(tolerance, {})
    for row in rows:
        if row is None:
            yield None
            continue
        for name, value in row.items():
            context.add_variable(name, value)
        try:
            yield _compile(expression).execute(context)
        except FAILURES:
            yield False


def as_objects(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values as expressions see them: what has a dotted name stands inside objects, in rows too."""
    return to_nested(
        {n: [to_nested(_doubles(row)) for row in v] if isinstance(v, list) else v for n, v in _doubles(values).items()}
    )


def _doubles(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: as_json_number(value) for name, value in values.items()}


def first_line(error: Exception) -> str:
    """Return what CEL says is wrong, without the excerpt."""
    return str(error).partition("\n")[0].partition(". ")[0]


@cache
def _compile(expression: str) -> cel.Program:
    return cel.compile(expression)


def _context(tolerance: float, values: Mapping[str, Any]) -> cel.Context:
    functions: dict[str, Callable[..., object]] = {
        "absolute": abs,
        "near": partial(_near, tolerance),
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


def _near(tolerance: float, first: float, second: float) -> bool:
    if not (math.isfinite(first) and math.isfinite(second)):
        return False
    difference = to_amount(round(first, _NEAR_DECIMALS)) - to_amount(round(second, _NEAR_DECIMALS))
    return abs(difference) <= to_amount(tolerance)


def _sum_of(rows: list[dict[str, Any]], column: str) -> float:
    cells = [_cell(row, column) or 0.0 for row in rows]
    return float(sum((to_amount(cell + 0.0) for cell in cells), Decimal()))  # + 0.0: a text is no number


def _distinct(rows: list[dict[str, Any]], column: str) -> bool:
    cells = [cell for row in rows if (cell := _cell(row, column)) is not None]
    return len(set(cells)) == len(cells)


def _cell(row: dict[str, Any], column: str) -> Any:  # noqa: ANN401 - whatever the cell holds
    """Return the cell of a row; None where it is empty. Raises KeyError when the table has no such column."""
    return at(row, column)


def _find_slow_macro(expression: str) -> RuleProblem | None:
    """Return a problem when the expression is slow on a long table: nested macros, or macros that copy lists."""
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
    """Return where the parenthesis that is open at `start` closes; text in quotes may only make the span longer."""
    depth = 1
    for place in range(start, len(expression)):
        depth += {"(": 1, ")": -1}.get(expression[place], 0)
        if depth == 0:
            return place
    return len(expression)
