"""The invoices, receipts and statements of the twin sets. Every company, person and number is invented."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from quality.samples.content.documents import Invoice, Party, Receipt
from quality.samples.content.invoices import items
from quality.samples.content.receipts import bought

KILN = Invoice(
    number="QK-26-0310",
    issued=date(2026, 3, 17),
    due=date(2026, 4, 16),
    order="PO-30417",
    currency="GBP",
    seller=Party(
        "Quillfeather Kilns Ltd", ("9 Ember Row", "Wychford WY4 1TT"), "GB721000021", "GB65LOYD30963400012345"
    ),
    buyer=Party("Saltmarsh Ceramics School", ("Chapel Court 2", "Wychford WY1 8PL")),
    items=items(
        "20",
        ("Kiln shelf 45 x 60 cm", "6", "84.50"),
        ("Firing cone, pack of 50", "14", "23.75"),
        ("Thermocouple type R", "2", "212.40"),
    ),
    rates_on_rows=False,
)
GLOCKE = Invoice(
    number="GB-2026-118",
    issued=date(2026, 5, 19),
    due=date(2026, 6, 18),
    order="B-77120",
    currency="EUR",
    seller=Party(
        "Glockenbach Feinmechanik GmbH", ("Amselweg 31", "99996 Talbrück"), "DE271000006", "DE68210501700012345678"
    ),
    buyer=Party("Uhrenhaus Pendelmann KG", ("Turmgasse 4", "99995 Hohenried")),
    items=items(
        "19",
        ("Zahnrad, gefräst, Modul 0,5", "8", "640.25"),
        ("Spiralfeder 12 mm", "25", "114.60"),
        ("Lagerstein, synthetisch", "40", "38.95"),
    ),
    rates_on_rows=False,
)
WHOLE = replace(
    GLOCKE,
    items=items("19", ("Drehbank, überholt", "2", "6000"), ("Messuhr mit Stativ", "3", "1000")),
)
"""All of its amounts are whole thousands, but for the tax."""
MONSOON = Invoice(
    number="MT/2026/0071",
    issued=date(2026, 7, 22),
    due=date(2026, 8, 21),
    currency="INR",
    seller=Party("Monsoon Textiles Pvt Ltd", ("14 Spinners Lane", "Pune 411999")),
    buyer=Party("Banyan House Interiors LLP", ("Lake View Road 8", "Pune 411998")),
    items=items("18", ("Handloom curtain, pair", "60", "2450.00"), ("Block print fabric, bolt", "12", "8700.00")),
    rates_on_rows=False,
)
BILLABONG = Invoice(
    number="BB-5521",
    issued=date(2026, 4, 28),
    due=date(2026, 5, 28),
    currency="AUD",
    seller=Party("Billabong Fencing Pty Ltd", ("61 Ironbark Drive", "Dubbo NSW 2830, Australia")),
    buyer=Party("Kookaburra Grazing Pty Ltd", ("Lot 7 Stock Route", "Orange NSW 2800, Australia")),
    items=items("10", ("Star picket 165 cm", "120", "7.85"), ("Ringlock wire, 200 m roll", "4", "389.00")),
    rates_on_rows=False,
)
TRANSATLANTIC = replace(
    KILN,
    number="QK-26-0355",
    issued=date(2026, 5, 4),
    due=date(2026, 6, 3),
    currency="USD",
    buyer=Party("Juniper Clay Studio Inc", ("210 Mesa Avenue", "Santa Rosa, NM 88435, USA")),
    items=items("0", ("Kiln controller, three zones", "2", "745.00"), ("Shipping crate", "1", "118.20")),
)
RETURNED = replace(
    KILN,
    number="QC-26-0012",
    due=None,
    order=None,
    items=items("20", ("Kiln shelf 45 x 60 cm, returned", "2", "-84.50"), ("Firing cone, returned", "3", "-23.75")),
)
"""A credit note: what is given back is negative."""
WEAVER = Receipt(
    merchant=Party("WEBEREI AM KANAL", ("Schleusengasse 12", "99994 Wehrstadt")),
    day=date(2026, 9, 17),
    time="11:26",
    currency="EUR",
    items=bought(("Leinentuch", "34.90"), ("Garnrolle blau", "7.25"), ("Webkamm", "18.40")),
    tax_rate=Decimal(19),
    paid=Decimal("70.00"),
)
NASI = Receipt(
    merchant=Party("KEDAI PANTAI BIRU", ("Jalan Kelapa 27", "Denpasar")),
    day=date(2026, 9, 17),
    time="19:40",
    currency="IDR",
    items=bought(("Mie goreng", "64000"), ("Kopi susu", "42000"), ("Pisang bakar", "26000")),
    tax_rate=Decimal(10),
    paid=Decimal(150000),
)


@dataclass(frozen=True)
class Booking:
    """A line of a bank statement; `amount` is negative when it left the account."""

    day: date
    text: str
    amount: Decimal


@dataclass(frozen=True)
class Statement:
    """A bank statement."""

    bank: str
    holder: str
    account: str
    currency: str
    start: date
    end: date
    opening: Decimal
    bookings: tuple[Booking, ...]

    @property
    def balances(self) -> tuple[Decimal, ...]:
        """Return the balance after each booking."""
        return tuple(
            self.opening + sum((booking.amount for booking in self.bookings[: count + 1]), Decimal(0))
            for count in range(len(self.bookings))
        )


ESTUARY = Statement(
    bank="Estuary Mutual Bank",
    holder="Quillfeather Kilns Ltd",
    account="62904471",
    currency="GBP",
    start=date(2026, 6, 1),
    end=date(2026, 6, 30),
    opening=Decimal("-240.00"),
    bookings=(
        Booking(date(2026, 6, 2), "Workshop lease", Decimal("-985.50")),
        Booking(date(2026, 6, 9), "Saltmarsh Ceramics School", Decimal("3410.75")),
        Booking(date(2026, 6, 16), "Clay supplier", Decimal("-612.30")),
        Booking(date(2026, 6, 25), "Card refund", Decimal("44.95")),
    ),
)


def with_number(invoice: Invoice, number: str, **changes: object) -> Invoice:
    """Return the invoice under another number: no two documents of a set may be the same."""
    return replace(invoice, number=number, **changes)  # type: ignore[arg-type]  # any field of an invoice


def kilns(*numbers: str) -> list[Invoice]:
    """Return the British invoice under each number."""
    return [with_number(KILN, number) for number in numbers]
