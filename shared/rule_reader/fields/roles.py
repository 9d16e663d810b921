"""What a field means to the page: a party's name or address, or one of a document's sums."""

import re
from dataclasses import dataclass
from typing import Literal

from shared.rule_reader.fields.fields import Field, split_name
from shared.rule_reader.folding import plain
from shared.rule_reader.vocabulary import Vocabulary, Words, word_pattern, word_set

type MoneyRole = Literal["net", "tax", "gross", "due"]


@dataclass(frozen=True)
class PartyRole:
    """What a text field says of a party: of the issuer or the receiver, its name or its address."""

    issuer: bool
    address: bool


def party_role(field: Field, vocabulary: Vocabulary) -> PartyRole | None:
    """Return the field's role by its name and title, or None when it is about no party."""
    language = vocabulary.language
    issuer, receiver = word_set(language.issuer), word_set(language.receiver)
    words = set(re.findall(r"[^\W\d_]+", plain(f"{split_name(field.name)} {field.title}")))
    if field.field_type != "text" or not words & (issuer | receiver):
        return None
    if words & word_set(language.address_fields):
        return PartyRole(bool(words & issuer), address=True)
    is_named = words <= issuer | receiver | word_set(language.name_fields)
    return PartyRole(bool(words & issuer), address=False) if is_named else None


def is_about_receiver(name: str, vocabulary: Vocabulary) -> bool:
    """Return whether a field's name is about the party that receives the document."""
    return not word_set(vocabulary.language.receiver).isdisjoint(plain(split_name(name)).split())


def money_role(field: Field, vocabulary: Vocabulary) -> MoneyRole | None:
    """Return the field's part in net + tax = gross, by its name and title, or None."""
    if field.field_type != "money":
        return None
    language, text = vocabulary.language, plain(f"{split_name(field.name)} {field.title}")
    roles: tuple[tuple[MoneyRole, Words], ...] = (  # the first that fits
        ("tax", language.tax_fields),
        ("net", language.net_fields),
        ("due", language.due_fields),
        ("gross", language.gross_fields),
    )
    return next((role for role, words in roles if word_pattern(words).search(text)), None)
