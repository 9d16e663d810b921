"""The receipts. Every shop is invented."""

from datetime import date
from decimal import Decimal

from quality.samples.content.documents import Party, Receipt


def bought(*rows: tuple[str, str]) -> tuple[tuple[str, Decimal], ...]:
    """Items and what each cost, tax included."""
    return tuple((description, Decimal(amount)) for description, amount in rows)


GREENGROCER = Receipt(
    merchant=Party("BARNABY'S GREENS", ("31 Turnip Lane", "Brinmouth BM2 5LD")),
    day=date(2026, 4, 18),
    time="10:42",
    currency="GBP",
    items=bought(
        ("Carrots 1 kg", "1.15"), ("Rhubarb", "2.60"), ("Free range eggs 12", "3.95"), ("Honey 340 g", "5.80")
    ),
    tax_rate=Decimal(20),
    paid=Decimal("20.00"),
)

IRONMONGER = Receipt(
    merchant=Party("EISENWAREN KRUMMNAGEL", ("Marktgasse 9", "99998 Wiesenhain")),
    day=date(2026, 8, 3),
    time="16:07",
    currency="EUR",
    items=bought(("Holzschrauben 4x40", "6.49"), ("Scharnier 80 mm", "11.90"), ("Leinöl 0,5 l", "8.75")),
    tax_rate=Decimal(19),
    paid=Decimal("30.00"),
)

BISTROT = Receipt(
    merchant=Party("BISTROT DU VIEUX SAULE", ("5 quai des Brumes", "86999 Valbrume")),
    day=date(2026, 5, 29),
    time="13:21",
    currency="EUR",
    items=bought(("2 Plat du jour", "31.00"), ("1 Crème brûlée", "7.50"), ("2 Café", "4.40")),
    tax_rate=Decimal(10),
    paid=Decimal("50.00"),
)

DINER = Receipt(
    merchant=Party("THE TIN KETTLE DINER", ("410 Route 9", "Larkfield, OR 97999")),
    day=date(2026, 10, 12),
    time="08:15",
    currency="USD",
    items=bought(("Pancake stack", "9.25"), ("Corned beef hash", "12.75"), ("Coffee, bottomless", "3.50")),
    tax_rate=Decimal("8.25"),
    paid=Decimal("40.00"),
)
