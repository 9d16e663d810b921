"""What a sample document says, before any layout: sums are computed here once and never typed twice."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")


def cents(amount: Decimal) -> Decimal:
    """Return an amount rounded to two places, halves up, as invoices do."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


@dataclass(frozen=True)
class Party:
    """A seller or a buyer; every one of them is invented."""

    name: str
    address: tuple[str, ...]
    vat_id: str | None = None
    iban: str | None = None


@dataclass(frozen=True)
class Item:
    """One row of an invoice; `tax_rate` in percent."""

    description: str
    quantity: Decimal
    unit_price: Decimal
    tax_rate: Decimal

    @property
    def amount(self) -> Decimal:
        """The row's net amount."""
        return cents(self.quantity * self.unit_price)


@dataclass(frozen=True)
class Invoice:
    """An invoice. `prepaid` has been paid already; `rates_on_rows` says whether each row shows its tax rate."""

    number: str
    issued: date
    currency: str
    seller: Party
    buyer: Party
    items: tuple[Item, ...]
    due: date | None = None
    order: str | None = None
    prepaid: Decimal = Decimal(0)
    rates_on_rows: bool = True

    @property
    def net(self) -> Decimal:
        """Sum of the rows."""
        return sum((item.amount for item in self.items), Decimal(0))

    @property
    def taxes(self) -> dict[Decimal, Decimal]:
        """Tax for each rate, rounded once a rate (as EN 16931, BR-CO-17, has it), highest rate first."""
        bases: defaultdict[Decimal, Decimal] = defaultdict(Decimal)
        for item in self.items:
            bases[item.tax_rate] += item.amount
        return {rate: cents(bases[rate] * rate / 100) for rate in sorted(bases, reverse=True)}

    @property
    def tax(self) -> Decimal:
        """Sum of all taxes."""
        return sum(self.taxes.values(), Decimal(0))

    @property
    def total(self) -> Decimal:
        """Net and tax."""
        return self.net + self.tax

    @property
    def amount_due(self) -> Decimal:
        """What is still to be paid."""
        return self.total - self.prepaid


@dataclass(frozen=True)
class Receipt:
    """A shop's receipt; amounts include tax of one rate (percent)."""

    merchant: Party
    day: date
    time: str
    currency: str
    items: tuple[tuple[str, Decimal], ...]
    tax_rate: Decimal
    paid: Decimal

    @property
    def total(self) -> Decimal:
        """Sum of the items, tax included."""
        return sum((amount for _, amount in self.items), Decimal(0))

    @property
    def tax(self) -> Decimal:
        """The tax inside the total."""
        return cents(self.total * self.tax_rate / (100 + self.tax_rate))
