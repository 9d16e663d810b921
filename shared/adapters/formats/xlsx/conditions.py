"""Tell what conditional formats make of cells: whether one hides or strikes a text (ECMA-376, 18.3.1.10)."""

import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from shared.adapters.formats.xlsx.appearance import Appearance, CellVisibility

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell as SheetCell
    from openpyxl.worksheet.worksheet import Worksheet

_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "equal": operator.eq,
    "notEqual": operator.ne,
    "lessThan": operator.lt,
    "lessThanOrEqual": operator.le,
    "greaterThan": operator.gt,
    "greaterThanOrEqual": operator.ge,
}
_CONSTANTS = {"TRUE": True, "1": True, "TRUE()": True, "FALSE": False, "0": False, "FALSE()": False}


class _Condition(NamedTuple):
    """A rule that hides or strikes, and where it holds."""

    ranges: tuple[Any, ...]
    rule: Any


class Conditions:
    """The conditional formats of a sheet that may change whether a text is seen as one that holds."""

    def __init__(self, sheet: "Worksheet", appearance: Appearance) -> None:
        self._appearance = appearance
        self._conditions = [
            _Condition(tuple(area.cells.ranges), rule)
            for area in sheet.conditional_formatting
            for rule in area.rules
            if rule.dxf is not None and _may_conceal(rule.dxf)
        ]
        self.is_undecided = False

    def judge(self, cell: "SheetCell") -> CellVisibility:
        """Return how the conditional formats make a cell look; note where their rule is not understood."""
        for condition in self._conditions:
            if not any(_is_within(cell, area) for area in condition.ranges):
                continue
            visibility = self._appearance.judge_difference(cell, condition.rule.dxf)
            if visibility == "shown":
                continue
            holds = _evaluate(condition.rule, cell.value)
            if holds:
                return visibility
            self.is_undecided |= holds is None
        return "shown"


def _may_conceal(difference: Any) -> bool:  # noqa: ANN401 - openpyxl has no types
    font, number_format = difference.font, difference.numFmt
    return number_format is not None or (font is not None and (bool(font.strike) or font.color is not None))


def _is_within(cell: "SheetCell", area: Any) -> bool:  # noqa: ANN401 - as above
    return bool(area.min_row <= cell.row <= area.max_row and area.min_col <= cell.column <= area.max_col)


def _evaluate(rule: Any, value: object) -> bool | None:  # noqa: ANN401 - as above
    """Return whether a rule holds for a value; None when that takes a spreadsheet program."""
    text = str(value)
    is_error = text.startswith("#") and text.endswith(("!", "?", "A"))
    simple = {
        "containsBlanks": not text.strip(),
        "notContainsBlanks": bool(text.strip()),
        "containsErrors": is_error,
        "notContainsErrors": not is_error,
    }
    if rule.type in simple:
        return simple[rule.type]
    if rule.type == "containsText" and rule.text:
        return rule.text.lower() in text.lower()
    formulas = [formula.strip() for formula in rule.formula]
    if rule.type == "expression" and formulas:
        return _CONSTANTS.get(formulas[0].upper())
    return _compare(rule.operator, formulas, value) if rule.type == "cellIs" else None


def _compare(name: str | None, formulas: list[str], value: object) -> bool | None:
    """Return whether a comparison with constants holds."""
    if isinstance(value, str):
        constants = [formula[1:-1].lower() for formula in formulas if formula.startswith('"')]
        is_equal = value.lower() in constants
        is_decidable = name in ("equal", "notEqual") and bool(constants)
        return is_equal == (name == "equal") if is_decidable else None
    try:
        numbers = [float(formula) for formula in formulas]
    except ValueError:
        return None
    if not isinstance(value, int | float) or not numbers:
        return None
    if name in ("between", "notBetween") and len(numbers) > 1:
        return (numbers[0] <= value <= numbers[1]) == (name == "between")
    return _COMPARISONS[name](value, numbers[0]) if name in _COMPARISONS else None
