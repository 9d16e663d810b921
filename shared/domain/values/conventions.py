"""The conventions of a document: how it writes numbers, dates and currencies, and how certain that is."""

import math
from typing import Literal

from shared.domain.base.stored import Stored

SETTLED = 0.9
"""Least certainty at which a convention, or a reading that rests on it, is taken for certain."""
MAX_HABIT, MAX_HABIT_AGAINST_SHOWN, SHOWN = 3.0, 1.5, 2.0
"""Log-odds that habits may speak for a convention: alone, and where the document itself shows one by so much."""
DecimalSign = Literal[".", ","]


class Conventions(Stored):
    """How a document writes its values; each certainty is a probability, 0.5 where nothing is known.

    `decimal_sign` and `day_first` are the likelier habits. `space_groups`: a space before three digits is a grouping
    sign ("1 234"). `credit_is_negative`: CR behind an amount means minus, as on invoices; on a bank statement it means
    plus. `currency`: the likeliest code, "" without evidence. `countries` and `languages`: how much speaks for each
    (log-odds).
    """

    decimal_sign: DecimalSign = "."
    decimal_certainty: float = 0.5
    space_groups: float = 0.5
    day_first: bool = True
    date_certainty: float = 0.5
    year_first: float = 0.05
    currency: str = ""
    currency_certainty: float = 0.0
    credit_is_negative: float = 0.5
    countries: dict[str, float] = {}
    languages: dict[str, float] = {}

    def decimal_log_odds(self, sign: str) -> float:
        """Return the log-odds that `sign` ("." or ",") is the decimal sign."""
        odds = log_odds(self.decimal_certainty)
        return odds if sign == self.decimal_sign else -odds

    def day_first_log_odds(self) -> float:
        """Return the log-odds that the day stands before the month."""
        odds = log_odds(self.date_certainty)
        return odds if self.day_first else -odds

    @property
    def has_settled_decimal(self) -> bool:
        """Whether the decimal sign is certain."""
        return self.decimal_certainty >= SETTLED

    @property
    def has_settled_dates(self) -> bool:
        """Whether the order of day and month is certain."""
        return self.date_certainty >= SETTLED


UNKNOWN = Conventions()
"""The conventions of a document of which nothing is known: made once, because every line of a page asks for them."""


def log_odds(probability: float) -> float:
    """Return the log-odds of a probability; of a certain one a large finite number."""
    bounded = min(max(probability, 1e-4), 1 - 1e-4)
    return math.log(bounded / (1 - bounded))


def to_probability(odds: float) -> float:
    """Return the probability of log-odds."""
    return round(1 / (1 + math.exp(-max(min(odds, 30.0), -30.0))), 4)


def weigh_evidence(pro: float, contra: float) -> float:
    """Return the log-odds of weighed observations; a contradiction of one in four already leaves a doubt."""
    return 1.5 * math.log((pro + 0.25) / (contra + 0.25))


def join_evidence(shown: float, habit: float) -> float:
    """Return the log-odds of what a document shows, and of the habits of its countries and languages, together.

    What it shows outweighs any habit.
    """
    limit = MAX_HABIT_AGAINST_SHOWN if abs(shown) >= SHOWN else MAX_HABIT
    return shown + max(-limit, min(limit, habit))
