"""How documents print what can be misread: amounts without cents, with dashes, with signs in words, dates in digits."""

from dataclasses import dataclass, fields, replace
from decimal import Decimal

from quality.samples.content.words import AMERICAN, ENGLISH, GERMAN, SPANISH, Words


@dataclass(frozen=True)
class WholeAmounts(Words):
    """Amounts without decimals: 12.000."""

    def money(self, amount: Decimal) -> str:
        """Return an amount without decimals, in groups of three digits."""
        return f"{amount:,.0f}".replace(",", self.group)


@dataclass(frozen=True)
class DashForCents(Words):
    """A dash in place of the cents where there are none: 12.000,-."""

    def money(self, amount: Decimal) -> str:
        """Return an amount with a dash for its cents."""
        return f"{amount:,.0f}".replace(",", self.group) + f"{self.point}-"


@dataclass(frozen=True)
class LakhGroups(Words):
    """Indian groups: 2,51,400.00."""

    def money(self, amount: Decimal) -> str:
        """Return an amount whose digits before the last three stand in groups of two."""
        whole, cents = f"{amount:.2f}".split(".")
        head, tail = whole[:-3], whole[-3:]
        pairs = [head[max(end - 2, 0) : end] for end in range(len(head), 0, -2)][::-1]
        return f"{','.join([*pairs, tail])}.{cents}"


@dataclass(frozen=True)
class SignInWords(Words):
    """A word behind an amount in place of a minus sign: 169.00 CR."""

    def money(self, amount: Decimal) -> str:
        """Return an amount; `CR` stands behind a negative one."""
        text = f"{abs(amount):,.2f}"
        return f"{text} CR" if amount < 0 else text

    def sum(self, amount: Decimal) -> str:
        """Return an amount as it stands in the totals: without currency."""
        return self.money(amount)


def printed_as[W: Words](notation: type[W], words: Words, **changes: str) -> W:
    """Return the words of a language in another notation."""
    changed = replace(words, **changes)
    return notation(**{field.name: getattr(changed, field.name) for field in fields(Words)})


BRITISH = replace(ENGLISH, net="Net total", total="Grand total", price="£{}")
BRITISH_DOLLARS = replace(BRITISH, price="USD {}")
BRITISH_DOLLARS_IN_DIGITS = replace(BRITISH, price="${}", date_format="%d/%m/%Y")
AUSTRALIAN = replace(BRITISH, tax="GST", vat_id="ABN", price="AUD {}")
AUSTRALIAN_DOLLAR_SIGN = replace(AUSTRALIAN, price="${}")
INDIAN = replace(BRITISH, tax="GST", price="INR {}")
INDIAN_LAKH = printed_as(LakhGroups, INDIAN)
CREDIT_NOTE = replace(BRITISH, title="Credit note", number="Credit note number", issued="Credit note date")
CREDIT_NOTE_CR = printed_as(SignInWords, CREDIT_NOTE)
GERMAN_EURO = replace(GERMAN, bill_to="Rechnungsempfänger", price="{} €")
GERMAN_WHOLE = printed_as(WholeAmounts, GERMAN_EURO)
GERMAN_DASH = printed_as(DashForCents, GERMAN_EURO)
SPANISH_WHOLE = printed_as(WholeAmounts, SPANISH, order="Número de pedido", unit_price="Precio unitario")
INDONESIAN = replace(
    AMERICAN, total="Total", tax="Tax", cash="Cash", change="Change", thanks="Thank you", date_format="%d/%m/%Y"
)
INDONESIAN_WHOLE = printed_as(WholeAmounts, INDONESIAN, group=".", point=",")
