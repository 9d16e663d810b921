"""Rules: CEL expressions over field values, evaluated in CEL's sandbox; true means that all is well.

Numbers are CEL doubles (write 1.0, not 1); dates are ISO strings, which compare as dates. Besides CEL's own there are
`absolute(number)` and `sum_of(rows, "column")`, which skips empty cells.
"""

import re
from collections.abc import Collection, Mapping
from functools import cache
from typing import TYPE_CHECKING

import cel
from stdnum import get_cc_module, iban

from shared.domain.document_type import DocumentType, FieldSpec, Rule
from shared.domain.finding import Finding

if TYPE_CHECKING:
    from stdnum.util import NumberValidationModule

_BOUND = re.compile(r"\.(?:all|exists|exists_one|map|filter)\(\s*(\w+)\s*,")
"""The variables that CEL's macros bind themselves."""


def check_rule(rule: Rule, names: Collection[str]) -> str | None:
    """What is wrong with a rule of a type whose fields are `names`, or None."""
    try:
        program = cel.compile(rule.expression)
    except ValueError as error:
        return f"the expression does not parse: {error}"
    bound = set(_BOUND.findall(rule.expression))
    unknown = sorted((set(program.variables()) - bound - set(names)) | (set(rule.fields) - set(names)))
    if unknown:
        return f"no field is called {', '.join(unknown)}; the type has {', '.join(sorted(names))}"
    return None


def findings(kind: DocumentType, values: Mapping[str, object]) -> list[Finding]:
    """What the type's rules, its required fields and its identifiers say about `values` (by field name)."""
    told = [_missing(spec) for spec in kind.fields if spec.required and values.get(spec.name) in (None, [])]
    told += [_invalid(spec) for spec in kind.fields if _is_invalid(spec, values.get(spec.name))]
    context = _context(values)
    for rule in kind.rules:
        if applies(rule, values):
            told += _evaluate(rule, context)
    return told


def applies(rule: Rule, values: Mapping[str, object]) -> bool:
    """Whether every field that the rule names has a value."""
    return all(values.get(name) not in (None, []) for name in rule.fields)


def _evaluate(rule: Rule, context: cel.Context) -> list[Finding]:
    try:
        holds = _compiled(rule.expression).execute(context)
    except (RuntimeError, TypeError, ValueError) as error:
        reason = f"The rule could not be evaluated ({type(error).__name__}): {rule.message}"
        return [Finding(rule=rule.id, severity="warning", message=reason, fields=rule.fields)]
    if holds is True:
        return []
    return [Finding(rule=rule.id, severity=rule.severity, message=rule.message, fields=rule.fields)]


@cache
def _compiled(expression: str) -> cel.Program:
    return cel.compile(expression)


def _context(values: Mapping[str, object]) -> cel.Context:
    context = cel.Context()
    context.add_function("absolute", abs)
    context.add_function("sum_of", _sum_of)
    for name, value in values.items():
        context.add_variable(name, value)
    return context


def _sum_of(rows: list[dict[str, float | None]], column: str) -> float:
    return sum(row.get(column) or 0.0 for row in rows)


def _missing(spec: FieldSpec) -> Finding:
    text = f"{spec.title} is required, but was not found."
    return Finding(rule="required", severity="error", message=text, fields=(spec.name,))


def _invalid(spec: FieldSpec) -> Finding:
    text = f"{spec.title} is not a valid {spec.identifier}: its check digits or its form are wrong."
    return Finding(rule="identifier", severity="warning", message=text, fields=(spec.name,))


def _is_invalid(spec: FieldSpec, value: object) -> bool:
    """Whether no check of the identifier's kind accepts the value; False where there is no check for it."""
    if not isinstance(value, str):
        return False
    checks = _checks(spec.identifier, value)
    return bool(checks) and not any(check.is_valid(value) for check in checks)


def _checks(identifier: str | None, value: str) -> "list[NumberValidationModule]":
    """The modules of python-stdnum that can tell; a VAT number's first letters name its country."""
    if identifier == "iban":
        return [iban]
    if identifier == "vat" and value[:2].isalpha():
        country = value[:2].lower()
        return [module for kind in ("vat", "uid") if (module := get_cc_module(country, kind)) is not None]
    return []
