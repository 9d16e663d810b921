"""Chooses the document's sums together: the assignment whose arithmetic closes beats the best single label."""

import re
from collections.abc import Container, Sequence
from dataclasses import dataclass, replace
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
_PAID_WITH, _ZERO = 0.3, 0.3
_HINTS = 0.1
_LARGEST_TAX = 0.35  # of the total
_TENDER = re.compile(r"(?<![^\W_])(?:cash|tender(?:ed)?|paid|received|bar|gegeben|cb|visa|master(?:card)?|card|contant)(?![^\W_])", re.IGNORECASE)
_CHANGE = re.compile(r"(?<![^\W_])(?:change|chg|returned|rückgeld|zurück|wechselgeld|rendu|wisselgeld|cambio|resto)(?![^\W_])", re.IGNORECASE)
_ROUNDING = re.compile(r"(?<![^\W_])(?:rounding|round|rundung|arrondi|afronding|redondeo)", re.IGNORECASE)
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
    if "gross" in by_role:
        pools["gross"] = _confirmed(pools["gross"], by_role["gross"], document, decimal)
    best, best_score = Choice(None, None, None), float("-inf")
    for net, tax, gross in product(*(pools.get(role, [None]) for role in ("net", "tax", "gross"))):
        for choice in _completed(Choice(net, tax, gross), by_role, amounts):
            score = _score(choice, by_role, amounts)
            if score > best_score:
                best, best_score = choice, score
    return {role: getattr(best, role) for role in ("net", "tax", "gross") if role in by_role}


def _pool(found: Sequence[Candidate], *, keep_null: bool) -> list[Candidate | None]:
    distinct: dict[float, Candidate] = {}
    for candidate in found:
        distinct.setdefault(round(float(candidate.value), 2), candidate)
    pool: list[Candidate | None] = list(distinct.values())[:_MOST]
    return [*pool, None] if keep_null else pool


def _confirmed(
    pool: list[Candidate | None], field: Field, document: Document, decimal: str
) -> list[Candidate | None]:
    """Totals that what was handed over, less the change, confirms; or that no label named but this does."""
    paid = _paid(document, decimal) | _rounded(pool, document, decimal)
    confirmed = [c and (replace(c, score=c.score + _PAID_WITH) if round(float(c.value), 2) in paid else c) for c in pool]
    if not any(c and round(float(c.value), 2) in paid for c in pool):
        confirmed += [Candidate(field.name, value, (line,), 0.3 + _PAID_WITH) for value, line in paid.items()]
    return confirmed


def _paid(document: Document, decimal: str) -> dict[float, Line]:
    """Sums handed over less change, which stand on the page themselves."""
    tendered = _beside(document, decimal, _TENDER)
    change = _beside(document, decimal, _CHANGE) 
    printed = _page_amounts(document, decimal)
    return {
        due: printed[due][0]
        for given in tendered
        for back in change
        if given > back >= 0 and (due := round(given - back, 2)) in printed and due > 0
    }


def _rounded(pool: Sequence[Candidate | None], document: Document, decimal: str) -> dict[float, Line]:
    """Candidates that are another one after rounding, where the page prints the rounding."""
    values = {round(float(c.value), 2): c for c in pool if c}
    steps = {sign * step for step in _beside(document, decimal, _ROUNDING) for sign in (1, -1) if 0 < step < 1}
    return {
        to: candidate.lines[-1]
        for to, candidate in values.items()
        for step in steps
        if round(to - step, 2) in values and round(to * 20) == round(to * 20, 6)
    }


def _beside(document: Document, decimal: str, word: re.Pattern[str]) -> set[float]:
    """Amounts that stand on the same line as such a word, or level with it to the right; without their sign."""
    found: set[float] = set()
    for page in document.pages:
        for line in page.lines:
            if not word.search(line.text):
                continue
            level = [other for other in page.right_of(line) if abs(other.box.middle - line.box.middle) < 0.6 * line.box.height]
            amounts = [amount for other in (line, *level) for amount in find_amounts(other.text, decimal)]
            found |= {round(abs(amount.value), 2) for amount in amounts[:1]}
    return found


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


def _score(choice: Choice, by_role: dict[str, Field], amounts: Container[float]) -> float:
    parts = {role: getattr(choice, role) for role in by_role if role in {"net", "tax", "gross"}}
    score = sum(item.score if item else _ABSENT for item in parts.values())
    net, tax, gross = _value(choice.net), _value(choice.tax), _value(choice.gross)
    if gross == 0:
        score -= _ZERO
    if net is not None and tax is not None and gross is not None:
        closes = abs(net + tax - gross) < _EXACT
        score += (_CLOSES if tax else _CLOSES / 2) if closes else _CONTRADICTS
    elif gross is not None and tax is not None and abs(tax) > _LARGEST_TAX * abs(gross):
        score += _CONTRADICTS
    elif gross is not None and tax and "net" not in by_role and round(gross - tax, 2) in amounts:
        score += _HINTS
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
