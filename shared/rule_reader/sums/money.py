"""Choose the document's sums together: the assignment whose arithmetic closes beats the best single label."""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, product

from shared.domain.values.conventions import Conventions
from shared.rule_reader.fields.candidates import Candidate
from shared.rule_reader.fields.fields import Field
from shared.rule_reader.fields.roles import MoneyRole
from shared.rule_reader.sums.payments import confirmed_totals, printed_amounts
from shared.rule_reader.text.page import Document, Line

_ROLES: tuple[MoneyRole, ...] = ("net", "tax", "gross")
_CLOSES, _CLOSES_WITHOUT_TAX, _CONTRADICTS = 0.5, 0.25, -0.45
_ABSENT, _NO_TAX = 0.4, 0.45  # what an empty field scores: a candidate must be better than that
_UNLABELLED = 0.22  # an amount that only arithmetic speaks for
_CONFIRMED, _ONLY_CONFIRMED = 0.3, 0.6  # by the payment, with and without a label
_ZERO_TOTAL = -0.3
_NET_PRINTED = 0.1  # the net sum is no field, but stands on the page
_CENT = 0.011  # and a little, for floating point
_LARGEST_TAX = 0.35  # of the total
_MOST_RATES = 4
_MOST = 6  # candidates a field

type Choice = Mapping[MoneyRole, Candidate | None]


@dataclass(frozen=True)
class Sums:
    """The sums of one document: the fields by their role, and the amounts on the pages."""

    document: Document
    by_role: Mapping[MoneyRole, Field]
    conventions: Conventions

    def choose(self, candidates: Mapping[str, Sequence[Candidate]]) -> dict[MoneyRole, Candidate | None]:
        """For net, tax and gross, where they are fields, the candidate of the best joint assignment, or None."""
        printed = printed_amounts(self.document, self.conventions)
        pools = [self._pool(role, candidates) for role in _ROLES]
        taxes = [tax for tax in pools[1] if tax is not None]
        choices = [
            choice
            for picked in product(*pools)
            for choice in self._complete(dict(zip(_ROLES, picked, strict=True)), printed, taxes)
        ]
        best = max(choices, key=lambda choice: self._score(choice, printed))
        return {role: best[role] for role in _ROLES if role in self.by_role}

    def _pool(self, role: MoneyRole, candidates: Mapping[str, Sequence[Candidate]]) -> list[Candidate | None]:
        """Return the best few candidates of different value, and None."""
        if role not in self.by_role:
            return [None]
        distinct: dict[float, Candidate] = {}
        for candidate in candidates[self.by_role[role].name]:
            distinct.setdefault(round(float(candidate.value), 2), candidate)
        pool = dict(list(distinct.items())[:_MOST])
        if role == "gross":
            pool = self._raise_confirmed(pool)
        return [*pool.values(), None]

    def _raise_confirmed(self, pool: Mapping[float, Candidate]) -> dict[float, Candidate]:
        """Totals with what the payment adds to them; one that it alone speaks for when it confirms no other."""
        sure = confirmed_totals(self.document, pool.keys(), self.conventions)
        if not pool.keys() & sure.keys():
            name = self.by_role["gross"].name
            return {**pool, **{value: Candidate(name, value, (at,), _ONLY_CONFIRMED) for value, at in sure.items()}}
        return {
            value: replace(candidate, score=candidate.score + _CONFIRMED) if value in sure else candidate
            for value, candidate in pool.items()
        }

    def _complete(self, choice: Choice, printed: Mapping[float, Line], taxes: Sequence[Candidate]) -> Iterator[Choice]:
        """Yield the choice, and one whose single empty field is filled with the amount that makes the sum close."""
        yield choice
        if (whole := _taxes_together(choice, taxes)) is not None:
            yield {**choice, "tax": whole}
        empty = [role for role in _ROLES if choice[role] is None]
        if len(empty) != 1 or empty[0] not in self.by_role:
            return
        values = {role: _value(choice[role]) or 0.0 for role in _ROLES}
        missing_amount = {
            "net": values["gross"] - values["tax"],
            "tax": values["gross"] - values["net"],
            "gross": values["net"] + values["tax"],
        }[empty[0]]
        line = printed.get(round(missing_amount, 2))
        if line is not None and not (empty[0] == "tax" and abs(missing_amount) < _CENT):
            candidate = Candidate(self.by_role[empty[0]].name, round(missing_amount, 2), (line,), _UNLABELLED)
            yield {**choice, empty[0]: candidate}

    def _score(self, choice: Choice, printed: Container[float]) -> float:
        empty = {"net": _ABSENT, "tax": _NO_TAX, "gross": _ABSENT}
        score = sum(item.score if (item := choice[role]) else empty[role] for role in _ROLES if role in self.by_role)
        net, tax, gross = (_value(choice[role]) for role in _ROLES)
        if gross is None:
            return score
        score += _ZERO_TOTAL * (gross == 0)
        if net is not None and tax is not None:
            closing = _CLOSES if tax else _CLOSES_WITHOUT_TAX
            return score + (closing if abs(net + tax - gross) < _CENT else _CONTRADICTS)
        if tax is not None and abs(tax) > _LARGEST_TAX * abs(gross):
            return score + _CONTRADICTS
        if net is not None and abs(net) > abs(gross) + _CENT:
            return score + _CONTRADICTS
        untaxed = "net" not in self.by_role and tax and round(gross - tax, 2) in printed
        return score + (_NET_PRINTED if untaxed else 0.0)


def _taxes_together(choice: Choice, taxes: Sequence[Candidate]) -> Candidate | None:
    """Several rates' taxes as one sum, where that and nothing less closes net + tax = gross."""
    net, gross = _value(choice["net"]), _value(choice["gross"])
    if net is None or gross is None or choice["tax"] is not None:
        return None
    for count in range(2, min(len(taxes), _MOST_RATES) + 1):
        for group in combinations(taxes, count):
            whole = round(sum(float(tax.value) for tax in group), 2)
            if abs(net + whole - gross) < _CENT:
                lines = tuple(line for tax in group for line in tax.lines)
                return Candidate(group[0].field, whole, lines, min(tax.score for tax in group))
    return None


def _value(candidate: Candidate | None) -> float | None:
    return float(candidate.value) if candidate else None
