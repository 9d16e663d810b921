"""Identifiers: numbers of documents, bank accounts and tax registrations."""

import re
from dataclasses import dataclass

from stdnum import iban as iban_rules
from stdnum.eu import vat as vat_rules

from shared.rule_reader.vocabulary import Vocabulary

_IBAN = re.compile(r"(?<![A-Z0-9])[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){2,7}(?:\s?[A-Z0-9]{1,4})?(?![A-Z0-9])")
_LONGEST_SPACED = 6  # tokens
_ENOUGH_DIGITS = 7
_SHORT = 2  # characters
_ASIDE = 0.4  # what stands in brackets is rarely the number asked for
_EDGES = ",;:()[]\"'.°º"


@dataclass(frozen=True)
class FoundCode:
    """An identifier, where it stands, and how sure its form makes us (0 to 1)."""

    value: str
    start: int
    end: int
    quality: float


def find_ibans(text: str) -> list[FoundCode]:
    """Bank account numbers; a right check sum makes the quality 1."""
    return [
        FoundCode(match.group(), match.start(), match.end(), 1.0 if iban_rules.is_valid(match.group()) else 0.7)
        for match in _IBAN.finditer(text)
    ]


def find_vat_ids(text: str, vocabulary: Vocabulary) -> list[FoundCode]:
    """European VAT numbers; a right check sum makes the quality 1."""
    codes = []
    for match in vocabulary.vat_number.finditer(text):
        compact = re.sub(r"[\s.\-]", "", match.group())
        if sum(char.isdigit() for char in compact) >= _ENOUGH_DIGITS:
            quality = 1.0 if vat_rules.is_valid(compact) else 0.8
            codes.append(FoundCode(match.group(), match.start(), match.end(), quality))
    return codes


def find_codes(text: str) -> list[FoundCode]:
    """Anything with a digit that could be a number of something; all of `text` when it is only such groups."""
    tokens = text.split()
    if 1 < len(tokens) <= _LONGEST_SPACED and all(re.fullmatch(r"[\d./\-]*\d[\d./\-]*", token) for token in tokens):
        return [FoundCode(text.strip(), len(text) - len(text.lstrip()), len(text.rstrip()), 0.8)]
    codes = []
    aside = [match.span() for match in re.finditer(r"\([^()]*\)", text)]
    for match in re.finditer(r"\S+", text):
        context = match.group().strip(_EDGES)
        if any(char.isdigit() for char in context) and re.fullmatch(r"[\w./\-#&+]+", context):
            start = match.start() + match.group().index(context)
            quality = 1.0 if len(context) > _SHORT else 0.7
            if any(left < match.end() and match.start() < right for left, right in aside):
                quality = _ASIDE
            codes.append(FoundCode(context, start, start + len(context), quality))
    return sorted(codes, key=lambda code: code.quality == _ASIDE)
