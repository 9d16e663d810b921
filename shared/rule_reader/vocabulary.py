"""The words that the reader knows of languages and countries; they are loaded outside and passed in."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from shared.domain.values.matching import most_similar
from shared.rule_reader.folding import plain

type Words = tuple[str, ...]
type FindMostSimilar = Callable[[str, Sequence[str], float], tuple[int, float] | None]
"""Takes a text, candidates and the least similarity; see `most_similar`."""

_COMPOUND_LETTERS = 7
"""From so many letters on a word may end a longer one: Dienstleistungs-vertrag."""
_DOTTED_LETTERS = 4
"""Up to so many letters a legal form may be written with dots: S.p.A."""


@dataclass(frozen=True)
class LanguageWords:
    """The words of one language, or of several together, without a meaning beyond what its comment says."""

    titles: Words  # words that title documents
    stamps: Words  # words of stamps and watermarks
    beside_stamps: Words  # small words beside those
    salutations: Words  # forms of address
    openings: Words  # that begin a letter or a foot line, and no name
    thanks: Words  # phrases that no name has
    contacts: Words  # words of telephone, mail and web
    registrations: Words  # what names a number of a register, a tax office or a bank
    streets: Words  # words of streets and buildings
    street_endings: Words  # that end the name of a street before its number
    tender: Words  # what was paid with
    change: Words  # what was given back
    rounding: Words  # of a sum to coins
    prepaid: Words  # paid before
    settled: Words  # nothing is due
    yes: Words
    no: Words
    debit: Words  # heads a column of money out of an account
    credit: Words  # heads a column of money into it
    signs: Words  # behind an amount
    sign_headings: Words  # over a column of signs
    excluding: Words  # a sum without something
    including: Words  # a part of a sum
    number_words: Words  # "No."
    rates: Words  # of a column of rates
    name_keys: Words  # label a name within a block
    date_labels: Words  # label a date of no particular meaning
    headings: Words  # what contracts and the like call themselves
    heading_joints: Words  # join two lines of a heading
    heading_ends: Words  # end its first line
    asides: Words  # begin lines that are no heading
    title_fields: Words  # titles of fields that ask for the title
    law_fields: Words  # of fields that ask whose law governs
    negations: Words
    articles: Words
    issuer: Words  # parties that issue documents
    receiver: Words  # parties that receive them
    address_fields: Words  # in the title of a field
    name_fields: Words  # beside the party in the title of a field
    tax_fields: Words  # in titles of sums
    net_fields: Words
    due_fields: Words
    gross_fields: Words
    stop_words: Words
    place_words: Words  # say where on a form a value stands
    common_words: Words  # too frequent to name a field
    city_words: Words  # of a field for a place
    address_parts: Words  # of other fields of an address
    first_names: Words  # of a field for one
    last_names: Words  # of a field for one
    caption_joints: Words  # begin the second line of a caption
    synonyms: tuple[Words, ...]  # groups of words that mean the same in names of fields


@dataclass(frozen=True)
class Postcode:
    """How a postal code stands with its place: a regular expression, and the countries that write it so."""

    countries: Words
    pattern: str


@dataclass(frozen=True)
class CountryWords:
    """What differs by country rather than by language: legal forms of companies by country, postal codes, VAT."""

    legal_forms: Mapping[str, Words]
    company_words: Words  # stand in names of companies as a legal form does
    postcodes: tuple[Postcode, ...]
    vat_prefixes: Words
    vat_suffixes: Words


@dataclass(frozen=True)
class Vocabulary:
    """All languages together, and the countries; and how the texts most similar to one are found.

    `find_most_similar` may be a faster function than the default, with the same results.
    """

    language: LanguageWords
    country: CountryWords
    find_most_similar: FindMostSimilar = most_similar

    @cached_property
    def legal_form(self) -> re.Pattern[str]:
        """A legal form, or a word that stands for one, in text without accents; not behind a measure's number."""
        forms = {form for group in self.country.legal_forms.values() for form in group}
        written = [
            *map(_write_with_dots, sorted(forms, key=len, reverse=True)),
            *map(re.escape, self.country.company_words),
        ]
        return re.compile(rf"(?<!\d\s)(?<![^\W_])(?:{'|'.join(written)})\.?(?![^\W_])", re.IGNORECASE)

    @cached_property
    def postcode(self) -> re.Pattern[str]:
        """A postal code with its place."""
        return re.compile("|".join(postcode.pattern for postcode in self.country.postcodes))

    @cached_property
    def vat_number(self) -> re.Pattern[str]:
        """What is written like a VAT number."""
        prefixes = "|".join(re.escape(prefix) + "-?" * (prefix == "CHE") for prefix in self.country.vat_prefixes)
        suffixes = "|".join(map(re.escape, self.country.vat_suffixes))
        return re.compile(
            rf"(?<![A-Z0-9])(?:{prefixes})[\s.\-]?[A-Z0-9](?:[\s.\-]?[A-Z0-9]){{6,11}}"
            rf"(?:(?<=\d) ?(?:{suffixes}))?(?![A-Z0-9])"
        )

    @cached_property
    def same(self) -> Mapping[str, frozenset[str]]:
        """For a word, without accents, those that mean the same."""
        same: dict[str, frozenset[str]] = {}
        for group in self.language.synonyms:
            words = frozenset(map(plain, group))
            same |= {word: same.get(word, frozenset()) | words for word in words}
        return same


@lru_cache(maxsize=256)
def word_set(words: Words) -> frozenset[str]:
    """Return the single words of a list, without accents."""
    return frozenset(word for entry in words for word in re.findall(r"[^\W_]+", plain(entry)))


@lru_cache(maxsize=256)
def phrase_set(words: Words) -> frozenset[str]:
    """Return the entries of a list, without accents."""
    return frozenset(map(plain, words))


@lru_cache(maxsize=256)
def alternatives(words: Words) -> str:
    """Return the entries as a group of a regular expression for text without accents, the longest ones first.

    Spaces and dots between and behind their words may be there or not.
    """
    entries = sorted({plain(word) for word in words}, key=len, reverse=True)
    written = [r"\.?\s?".join(map(re.escape, re.findall(r"[^\s.]+", entry))) for entry in entries]
    return f"(?:{'|'.join(written)})" if written else r"(?!)"


@lru_cache(maxsize=256)
def word_pattern(words: Words, behind: str = r"(?![^\W_])") -> re.Pattern[str]:
    """Return a pattern for the entries as whole words in text without accents; `behind`: what may not follow."""
    return re.compile(rf"(?<![^\W_]){alternatives(words)}{behind}")


@lru_cache(maxsize=256)
def compound_pattern(words: Words) -> re.Pattern[str]:
    """Return a pattern for the entries and their plurals in s; long ones may end a compound."""
    long = tuple(word for word in words if len(word) >= _COMPOUND_LETTERS)
    return re.compile(rf"\b(?:{alternatives(words)}|\w*{alternatives(long)})s?\b")


def _write_with_dots(form: str) -> str:
    """Return a legal form as a regular expression, with or without dots."""
    folded = plain(form)
    if " " in folded:
        return r"\.?\s?".join(map(re.escape, folded.split()))
    return r"\.?".join(map(re.escape, folded)) if len(folded) <= _DOTTED_LETTERS else re.escape(folded)
