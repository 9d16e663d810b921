"""What a till prints around its total: cash given less change returned, and rounding; both confirm the total."""

import re
from collections.abc import Collection

from shared.domain.values.conventions import Conventions
from shared.rule_reader.folding import plain
from shared.rule_reader.text.amounts import find_amounts
from shared.rule_reader.text.page import Document, Line
from shared.rule_reader.vocabulary import word_pattern

_STARTED = r""
"""What may follow the words of rounding: anything, as in "RoundingAdj"."""
_LEVEL = 0.6  # line heights that two cells of one line may be apart
_SMALLEST_COIN = 20  # in a unit of the currency: rounding goes to five cents


def printed_amounts(document: Document, conventions: Conventions) -> dict[float, Line]:
    """Return what is written like a sum of money, by value; the last place on the pages wins, where sums stand."""
    return {
        round(amount.value, 2): line
        for line in document.lines
        for amount in find_amounts(line.text, conventions)
        if amount.is_money and not amount.is_percent
    }


def confirmed_totals(document: Document, totals: Collection[float], conventions: Conventions) -> dict[float, Line]:
    """Totals that the payment confirms, and those among `totals` that are another one rounded."""
    language = document.vocabulary.language
    printed = printed_amounts(document, conventions)
    paid = {
        due: printed[due]
        for tendered in _beside(document, conventions, word_pattern(language.tender))
        for back in _beside(document, conventions, word_pattern(language.change))
        if tendered > back and (due := round(tendered - back, 2)) in printed
    }
    steps = [step for step in _beside(document, conventions, word_pattern(language.rounding, _STARTED)) if 0 < step < 1]
    rounded = {
        to: printed[to]
        for to in totals
        for step in steps
        if to in printed and _is_round(to) and (round(to - step, 2) in totals or round(to + step, 2) in totals)
    }
    return paid | rounded


def amount_due(document: Document, gross: float, conventions: Conventions) -> tuple[float, Line] | None:
    """Return what is still to be paid when no label says so: the total less the prepayments that are printed.

    None when that difference is not printed itself, or the document says in words that it is settled.
    """
    language = document.vocabulary.language
    printed = printed_amounts(document, conventions)
    prepaid = sum(_beside(document, conventions, word_pattern(language.prepaid)))
    has_settled_word = any(word_pattern(language.settled).search(plain(line.text)) for line in document.lines)
    settled = not prepaid and has_settled_word
    due = round(gross - prepaid, 2)
    return None if settled or due not in printed else (due, printed[due])


def _is_round(value: float) -> bool:
    return abs(value * _SMALLEST_COIN - round(value * _SMALLEST_COIN)) < 1e-6  # noqa: PLR2004 - floating-point dust


def _beside(document: Document, conventions: Conventions, word: re.Pattern[str]) -> set[float]:
    """Amounts that stand on the same line as such a word, or level with it to the right; without their sign."""
    amounts_beside: set[float] = set()
    for page in document.pages:
        for line in (line for line in page.lines if word.search(plain(line.text))):
            reach = _LEVEL * line.box.height
            level = [neighbor for neighbor in page.right_of(line) if abs(neighbor.box.middle - line.box.middle) < reach]
            amounts = [amount for neighbor in (line, *level) for amount in find_amounts(neighbor.text, conventions)]
            amounts_beside |= {round(abs(amount.value), 2) for amount in amounts[:1]}
    return amounts_beside
