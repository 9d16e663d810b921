"""Chooses the document's sums together: the assignment whose arithmetic closes beats the best single label."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from local.model_server.reading.amounts import Amount, find_amounts
from local.model_server.reading.candidates import Candidate
from local.model_server.reading.fields import Field
from local.model_server.reading.page import Document, Line

_ROLES = (  # the first that fits a field's name and title names its part in the sum
    ("tax", r"\b(?:tax|vat|gst|iva|sst)\b"),
    ("net", r"\b(?:net|subtotal|sub total|excluding|excl)\b"),
    ("due", r"\b(?:due|balance|payable|outstanding)\b"),
    ("gross", r"\b(?:total|gross|sum)\b"),
)
_CLOSES, _CONTRADICTS, _ABSENT = 0.5, -0.45, 0.4
_UNLABELLED = 0.22  # an amount that only arithmetic speaks for
_EXACT = 0.011  # one cent either way
_MOST = 6  # candidates a field


@dataclass(frozen=True)
class Choice:
    """One way to fill net, tax and gross; None leaves a field empty."""

    net: Candidate | None
    tax: Candidate | None
    gross: Candidate | None


def money_role(field: Field) -> str | None:
    """`net`, `tax`, `gross` or `due` when the field's name or title says so."""
    if field.kind != "money":
        return None
    words = f"{field.name} {field.title}".lower().replace("_", " ")
    return next((role for role, pattern in _ROLES if re.search(pattern, words)), None)


def choose_sums(
    document: Document, by_role: dict[str, Field], candidates: dict[str, list[Candidate]], decimal: str
) -> dict[str, Candidate | None]:
    """For each role in `by_role` the candidate of the best joint assignment, or None."""
    pools = {role: _pool(candidates.get(field.name, []), keep_null=True) for role, field in by_role.items()}
    amounts = _page_amounts(document, decimal)
    best, best_score = Choice(None, None, None), float("-inf")
    for net, tax, gross in product(*(pools.get(role, [None]) for role in ("net", "tax", "gross"))):
        for choice in _completed(Choice(net, tax, gross), by_role, amounts):
            score = _score(choice, by_role)
            if score > best_score:
                best, best_score = choice, score
    return {role: getattr(best, role) for role in ("net", "tax", "gross") if role in by_role}


def _pool(found: Sequence[Candidate], *, keep_null: bool) -> list[Candidate | None]:
    distinct: dict[float, Candidate] = {}
    for candidate in found:
        distinct.setdefault(round(float(candidate.value), 2), candidate)
    pool: list[Candidate | None] = list(distinct.values())[:_MOST]
    return [*pool, None] if keep_null else pool


def _completed(choice: Choice, by_role: dict[str, Field], amounts: dict[float, tuple[Line, Amount]]) -> list[Choice]:
    """The choice, and the one where a single empty role is filled with the amount that makes the sum close."""
    values = {role: _value(getattr(choice, role)) for role in ("net", "tax", "gross")}
    empty = [role for role, value in values.items() if value is None]
    if len(empty) != 1 or empty[0] not in by_role:
        return [choice]
    net, tax, gross = values["net"], values["tax"], values["gross"]
    wanted = {
        "net": (gross or 0) - (tax or 0),
        "tax": (gross or 0) - (net or 0),
        "gross": (net or 0) + (tax or 0),
    }[empty[0]]
    place = amounts.get(round(wanted, 2))
    if place is None or (empty[0] == "tax" and abs(wanted) < _EXACT):
        return [choice]
    line, amount = place
    found = Candidate(by_role[empty[0]].name, amount.value, (line,), _UNLABELLED)
    return [choice, Choice(**{**{r: getattr(choice, r) for r in values}, empty[0]: found})]


def _score(choice: Choice, by_role: dict[str, Field]) -> float:
    parts = {role: getattr(choice, role) for role in by_role if role in {"net", "tax", "gross"}}
    score = sum(item.score if item else _ABSENT for item in parts.values())
    net, tax, gross = _value(choice.net), _value(choice.tax), _value(choice.gross)
    if net is not None and tax is not None and gross is not None:
        closes = abs(net + tax - gross) < _EXACT
        score += (_CLOSES if tax else _CLOSES / 2) if closes else _CONTRADICTS
    elif gross is not None and tax is not None and abs(tax) >= abs(gross) > 0:
        score += _CONTRADICTS
    elif gross is not None and net is not None and abs(net) > abs(gross) + _EXACT:
        score += _CONTRADICTS
    return score


def _value(candidate: Candidate | None) -> float | None:
    return float(candidate.value) if candidate else None


def _page_amounts(document: Document, decimal: str) -> dict[float, tuple[Line, Amount]]:
    """Every amount with cents, by its value; the last place on the pages wins, where sums stand."""
    found: dict[float, tuple[Line, Amount]] = {}
    for line in document.lines:
        for amount in find_amounts(line.text, decimal):
            if amount.cents and not amount.percent:
                found[round(amount.value, 2)] = (line, amount)
    return found
