"""Identifiers that carry their own proof, checked by python-stdnum."""

from collections.abc import Mapping
from types import ModuleType
from typing import TYPE_CHECKING, cast

from stdnum import bic, ean, get_cc_module, iban, imo, isbn, isin, issn, lei, luhn

if TYPE_CHECKING:
    from stdnum.util import NumberValidationModule

VAT = "vat"
WORLDWIDE: Mapping[str, ModuleType] = {
    "bic": bic,
    "ean": ean,
    "iban": iban,
    "imo": imo,
    "isbn": isbn,
    "isin": isin,
    "issn": issn,
    "lei": lei,
    "luhn": luhn,
}
COMMON_IDENTIFIERS = frozenset({*WORLDWIDE, VAT})
"""Besides these, `<country>.<name>` as in python-stdnum: `us.ein`, `de.idnr`, `fr.siret`."""


def is_known(identifier: str) -> bool:
    """Return whether there is a check for this kind of identifier."""
    if identifier in COMMON_IDENTIFIERS:
        return True
    country, _, name = identifier.partition(".")
    return bool(name) and country.isalpha() and name.isidentifier() and get_cc_module(country, name) is not None


def is_invalid(identifier: str | None, value: object) -> bool:
    """Return whether no check of the identifier's kind accepts the value; False where there is no check for it."""
    if identifier is None or not isinstance(value, str):
        return False
    checks = _checks(identifier, value)
    return bool(checks) and not any(check.is_valid(value) for check in checks)


def _checks(identifier: str, value: str) -> "list[NumberValidationModule]":
    """Return the modules of python-stdnum that can tell; a VAT number's first letters name its country."""
    if identifier in WORLDWIDE:
        return [cast("NumberValidationModule", WORLDWIDE[identifier])]
    country, _, name = identifier.partition(".")
    if identifier == VAT:
        country = value[:2].lower() if value[:2].isalpha() else ""
    names = ("vat", "uid") if identifier == VAT else (name,)
    return [module for module_name in names if country and (module := get_cc_module(country, module_name)) is not None]
