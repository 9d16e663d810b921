"""Read the tables of tables.json, which scripts/generate_cldr.py makes from babel."""

from functools import cache
from pathlib import Path
from typing import Literal

from shared.domain.base.frozen import Frozen

TABLES = Path(__file__).with_name("tables.json")


class Country(Frozen):
    """Habits of a country: its names in English and in its language, and how it writes numbers, days and money.

    `decimal_sign`: "" where it is neither point nor comma. `currencies`: legal tender, the most used first.
    """

    names: tuple[str, ...]
    decimal_sign: Literal[".", ",", ""]
    groups_with_space: bool
    date_order: Literal["dmy", "mdy", "ymd"]
    currencies: tuple[str, ...]


class Tables(Frozen):
    """All tables.

    `countries` by ISO 3166 code, `months` by language: lists of the twelve names from January, one list for each width
    and use of a name. `fraction_digits` by ISO 4217 code. `decimal_signs` by the names of `locale.windows_locale`.
    """

    countries: dict[str, Country]
    months: dict[str, tuple[tuple[str, ...], ...]]
    fraction_digits: dict[str, int]
    decimal_signs: dict[str, str]


@cache
def load_tables() -> Tables:
    """Return the tables, read once."""
    return Tables.model_validate_json(TABLES.read_bytes())
