"""What a field means to the page: a party's name or address, or one of a document's sums."""

import re
from dataclasses import dataclass
from typing import Literal

from shared.rule_reader.fields.fields import Field, spoken

type MoneyRole = Literal["net", "tax", "gross", "due"]

ISSUER = frozenset(
    re.findall(
        r"\w+",
        "seller vendor supplier merchant shop store issuer payee provider sender insurer carrier landlord employer "
        "restaurant retailer",
    )
)
RECEIVER = frozenset(
    re.findall(
        r"\w+",
        "buyer customer client recipient payer receiver consignee purchaser guest patient tenant employee insured",
    )
)
_MONEY: tuple[tuple[MoneyRole, str], ...] = (  # the first that fits
    ("tax", r"\b(?:tax|vat|gst|iva|sst)\b"),
    ("net", r"\b(?:net|subtotal|sub total|excluding|excl)\b"),
    ("due", r"\b(?:due|balance|payable|outstanding)\b"),
    ("gross", r"\b(?:total|gross|sum)\b"),
)


@dataclass(frozen=True)
class PartyRole:
    """What a text field says of a party: of the issuer or the receiver, its name or its address."""

    issuer: bool
    address: bool


def party_role(field: Field) -> PartyRole | None:
    """Return the field's role by its name and title, or None when it is about no party."""
    words = set(re.findall(r"[a-z]+", f"{spoken(field.name)} {field.title}".lower()))
    if field.kind != "text" or not words & (ISSUER | RECEIVER):
        return None
    if "address" in words:
        return PartyRole(bool(words & ISSUER), address=True)
    named = words <= ISSUER | RECEIVER | {"name", "the", "s"}
    return PartyRole(bool(words & ISSUER), address=False) if named else None


def money_role(field: Field) -> MoneyRole | None:
    """Return the field's part in net + tax = gross, by its name and title, or None."""
    if field.kind != "money":
        return None
    words = f"{spoken(field.name)} {field.title}".lower()
    return next((role for role, pattern in _MONEY if re.search(pattern, words)), None)
