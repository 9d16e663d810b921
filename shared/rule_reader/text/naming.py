"""What names and addresses look like: general knowledge, no document's or company's in particular."""

import re
from dataclasses import dataclass

from shared.domain.values.conventions import Conventions
from shared.domain.values.dates import find_dates
from shared.rule_reader.folding import plain
from shared.rule_reader.vocabulary import Vocabulary, alternatives, phrase_set, word_pattern, word_set

_BEFORE_LETTERS = r"(?![^\W\d_])"
"""What may not follow a word: a digit may, as in "Lot12"."""
_CONTACT_SIGNS = re.compile(
    r"@|www\.|https?:|☎|✆|✉|\+\d{2}[\s(]|\d{3,}[\s/-]+\d{3,}[\s-]\d|(?<!\d)0\d{1,3}[\s-]?\d{5,8}(?!\d)", re.IGNORECASE
)
_BRACKETED_NUMBER = re.compile(r"\(?\d{5,}\s?-\s?[a-z]\s?\)?|\([a-z]{0,3}\d{5,}[-a-z\d]*\)", re.IGNORECASE)
_HOUSE = re.compile(r"[^\d:]{5,30}\s\d{1,3}\s?[A-Za-z]?,?|\d{1,5}[A-Z]?,?\s[^\d:]{5,30}(?:\s\d{1,3})?")
_NO_NAME = re.compile(r"\(|©")
_SHORTEST, _PLACE_WORDS = 2, 4  # letters of a name, words of a place
_TOO_LONG = 75  # characters
_FEW_DIGITS = 0.25  # of the characters


@dataclass(frozen=True)
class Naming:
    """Tells names, addresses and what is neither by the words of a vocabulary."""

    vocabulary: Vocabulary

    def is_only_suffix(self, text: str) -> bool:
        """Return whether a legal form stands alone, its name on the line above."""
        return not re.search(r"[^\W\d_]{2,}", self.vocabulary.legal_form.sub("", plain(clean_name(text))))

    def has_suffix(self, text: str) -> bool:
        """Return whether a legal form or the like is part of the text: GmbH, Ltd, SpA, Inc."""
        return self.vocabulary.legal_form.search(plain(text)) is not None

    def is_contact(self, text: str) -> bool:
        """Return whether the text is about telephone, mail or web."""
        words = word_pattern(self.vocabulary.language.contacts, _BEFORE_LETTERS)
        return words.search(plain(text)) is not None or _CONTACT_SIGNS.search(text) is not None

    def is_registration(self, text: str) -> bool:
        """Return whether the text holds a number of a register, a tax office or a bank."""
        folded = plain(text)
        named = word_pattern(self.vocabulary.language.registrations, r"(?![^\W_])[^\n]*\d{4}")
        identified = word_pattern(self.vocabulary.language.registrations, r"\s?id\D{0,6}\d{6}")
        numbered = rf"(?<!\w)(?:id|{alternatives(self.vocabulary.language.number_words)})\.?\s?:?\s?\d{{8}}"
        return bool(
            named.search(folded)
            or identified.search(folded)
            or re.search(numbered, folded)
            or _BRACKETED_NUMBER.search(text)
        )

    def has_postcode(self, text: str) -> bool:
        """Return whether the text holds a postal code with a place."""
        return self.vocabulary.postcode.search(text) is not None

    def is_address(self, text: str) -> bool:
        """Return whether the text holds a street, a place, or part of one."""
        return self.has_postcode(text) or self._has_street(plain(text)) or _HOUSE.fullmatch(text.strip()) is not None

    def _has_street(self, folded: str) -> bool:
        words = word_pattern(self.vocabulary.language.streets, _BEFORE_LETTERS)
        endings = rf"{alternatives(self.vocabulary.language.street_endings)}\.?\s+\d"
        return words.search(folded) is not None or re.search(endings, folded) is not None

    def is_title(self, text: str) -> bool:
        """Return whether the text has only words that title documents."""
        words = re.findall(r"[^\W\d_]+", plain(text))
        return bool(words) and word_set(self.vocabulary.language.titles).issuperset(words)

    def is_stamp(self, text: str) -> bool:
        """Return whether the text reads as a stamp or a watermark: PAID, RECEIVED with a date, ENTWURF, COPY, VOID."""
        for day in reversed(find_dates(text, Conventions())):
            text = text[: day.start] + text[day.end :]
        words = set(re.findall(r"[^\W\d_]+", plain(text)))
        stamps = word_set(self.vocabulary.language.stamps)
        return bool(words & stamps) and words <= stamps | word_set(self.vocabulary.language.beside_stamps)

    def is_salutation(self, text: str) -> bool:
        """Return whether the text is only a form of address."""
        return text.strip(" .:") != "" and plain(text.strip(" .:")) in phrase_set(self.vocabulary.language.salutations)

    def is_name(self, text: str) -> bool:
        """Return whether the text could be the name of a company or person."""
        stripped = text.strip()
        letters = sum(char.isalpha() for char in stripped)
        digits = sum(char.isdigit() for char in stripped)
        if letters < _SHORTEST or len(stripped) > _TOO_LONG or digits > _FEW_DIGITS * len(stripped) + 0.5:
            return False
        if (
            self.is_contact(stripped)
            or self.is_title(stripped)
            or self.is_stamp(stripped)
            or self.is_salutation(stripped)
            or self._is_greeting(stripped)
        ):
            return False
        return ":" not in stripped.rstrip(":") or self.has_suffix(stripped)

    def _is_greeting(self, text: str) -> bool:
        folded, language = plain(text), self.vocabulary.language
        thanks = word_pattern(language.thanks).search(folded)
        return bool(thanks or word_pattern(language.openings).match(folded) or _NO_NAME.match(text))

    def is_place(self, text: str) -> bool:
        """Return whether the text has only words, as a last line with a state or country; no title and no greeting."""
        words = re.findall(r"[^\W\d_]+", text)
        worded = 0 < len(words) <= _PLACE_WORDS and not re.search(r"[\d:#*]", text)
        return worded and not self.is_title(text) and self.is_name(text)


def clean_name(text: str) -> str:
    """Return a name without a registration number in brackets at its end and without leading signs."""
    text = re.sub(r"\s*[（(](?=[^()]*\d{4})[^()]*[)）]?\s*$", "", text)
    return text.strip(" :,;|-–●•*#")
