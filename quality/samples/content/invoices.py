"""The invoices. Every company, person and number is invented; VAT ids and IBANs only have right check digits."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from quality.samples.content.documents import Invoice, Item, Party


def items(rate: str, *rows: tuple[str, str, str]) -> tuple[Item, ...]:
    """Rows of (description, quantity, unit price) with one tax rate in percent."""
    return tuple(Item(text, Decimal(count), Decimal(price), Decimal(rate)) for text, count, price in rows)


HARBOUR = Invoice(
    number="HB-2026-0417",
    issued=date(2026, 3, 9),
    due=date(2026, 4, 8),
    order="PO-88213",
    currency="GBP",
    seller=Party(
        "Harbourlight Sails Ltd", ("4 Cockle Quay", "Brinmouth BM3 7QX"), "GB340000101", "GB29NWBK60161331926819"
    ),
    buyer=Party("Tern & Petrel Rowing Club", ("The Old Slipway", "Brinmouth BM1 2AB")),
    items=items(
        "20",
        ("Mainsail, cut and sewn to drawing 118", "1", "1480.00"),
        ("Reefing points, stainless", "12", "6.75"),
        ("Batten, fibreglass 2.4 m", "5", "18.90"),
        ("Fitting on board, hours", "3.5", "46.00"),
    ),
)

PEATFIRE = Invoice(
    number="3319",
    issued=date(2026, 8, 27),
    due=date(2026, 9, 10),
    order="Gift shop / autumn",
    currency="EUR",
    seller=Party(
        "Peatfire Pottery Cooperative",
        ("Unit 3, Bogcotton Yard", "Ballynowhere"),
        "IE6433435F",
        "IE29AIBK93115212345678",
    ),
    buyer=Party("Saint Gobnait's Folk Museum", ("Abbey Road", "Ballynowhere")),
    items=items(
        "23",
        ("Mug, speckled glaze", "60", "9.40"),
        ("Serving bowl 28 cm", "14", "32.00"),
        ("Candle holder", "36", "7.15"),
        ("Crate and packing", "4", "11.50"),
    ),
)

MUEHLE = Invoice(
    number="R2026/1083",
    issued=date(2026, 2, 17),
    due=date(2026, 3, 3),
    currency="EUR",
    seller=Party(
        "Erdenmühle Backwaren GmbH",
        ("Am Mühlgraben 7", "99998 Wiesenhain"),
        "DE300000002",
        "DE89370400440532013000",
    ),
    buyer=Party("Café Zum Blauen Bären", ("Inh. Jürgen Süßkind", "Lindenstraße 22", "99997 Auental")),
    items=(
        *items(
            "7",
            ("Roggenmischbrot 1000 g", "48", "2.85"),
            ("Laugenbrezeln, Beutel zu 10 Stück", "30", "6.40"),
            ("Käsekuchen, ganz", "6", "19.50"),
        ),
        *items("19", ("Pfandkiste Kunststoff", "8", "4.20"), ("Anlieferung vor 6 Uhr", "5", "12.00")),
    ),
)

ATELIER = Invoice(
    number="F-26-00931",
    issued=date(2026, 5, 4),
    due=date(2026, 6, 3),
    order="BC-4471",
    currency="EUR",
    seller=Party(
        "Atelier des Trois Érables SARL",
        ("18 rue des Écluses", "86999 Valbrume"),
        "FR11123456782",
        "FR1420041010050500013M02606",
    ),
    buyer=Party("Hôtel de la Rivière Claire", ("2 place du Marché", "86990 Sainte-Aubépine")),
    items=items(
        "20",
        *(
            (f"{piece} en {wood}, réf. {number + 110}", str(1 + number % 4), f"{38 + 17.35 * (number % 7):.2f}")
            for number, (piece, wood) in enumerate(
                (piece, wood)
                for wood in ("chêne", "érable", "noyer", "frêne")
                for piece in (
                    "Chaise",
                    "Table de chevet",
                    "Étagère",
                    "Tabouret",
                    "Miroir encadré",
                    "Patère",
                    "Banc",
                    "Coffre",
                )
            )
        ),
    ),
)

ALMAZARA = Invoice(
    number="2026-A-0052",
    issued=date(2026, 1, 23),
    due=date(2026, 2, 22),
    currency="EUR",
    seller=Party(
        "Almazara Sierra Quieta S.L.",
        ("Camino de los Olivos 3", "23999 Villarrosal"),
        "ESB84123603",
        "ES9121000418450200051332",
    ),
    buyer=Party("Ultramarinos La Cigüeña", ("Calle Mayor 41", "28999 Puente Alto")),
    items=(
        *items("4", ("Aceite de oliva virgen extra, 5 l", "24", "31.50"), ("Aceitunas aliñadas, 2 kg", "15", "8.25")),
        *items("21", ("Expositor de madera", "2", "64.00")),
    ),
)

COPPER = Invoice(
    number="10452",
    issued=date(2026, 7, 11),
    due=date(2026, 8, 10),
    order="WO-7719",
    currency="USD",
    seller=Party("Copper Heron Design Studio", ("900 Lantern Street, Suite 12", "Larkfield, OR 97999")),
    buyer=Party("Northfork Feed & Seed Co.", ("77 Granary Road", "Larkfield, OR 97998")),
    items=items(
        "8.25",
        ("Logo and brand sheet", "1", "1850.00"),
        ("Package label, artwork", "6", "145.00"),
        ("Press check on site", "4.5", "95.00"),
    ),
    prepaid=Decimal("1000.00"),
    rates_on_rows=False,
)

ALPEN = Invoice(
    number="26-3307",
    issued=date(2026, 9, 30),
    due=date(2026, 10, 30),
    order="Proj. 118 / Hr. Aebi",
    currency="CHF",
    seller=Party(
        "Murmeltier Vermessung AG",
        ("Gratweg 5", "9999 Oberstein"),
        "CHE109322516MWST",
        "CH9300762011623852957",
    ),
    buyer=Party("Gemeinde Hinterfirn", ("Dorfplatz 1", "9998 Hinterfirn")),
    items=items(
        "8.1",
        ("Geländeaufnahme mit Drohne, Tag", "2", "2450.00"),
        ("Grenzpunkte einmessen", "37", "48.60"),
        ("Planausfertigung 1:500", "3", "310.00"),
        ("Fahrtspesen pauschal", "1", "185.40"),
    ),
)

WERFT = Invoice(
    number="W-2026-219",
    issued=date(2026, 6, 19),
    due=date(2026, 7, 3),
    order="4500011872",
    currency="EUR",
    seller=Party("Bootswerft Nebelhorn KG", ("Deichstraße 14", "26998 Siel"), "DE811000406", "DE02120300000000202051"),
    buyer=Party("Segelschule Windrose e. K.", ("Hafenweg 2", "26997 Groden")),
    items=items(
        "19",
        *(
            (f"{work}, Boot {boat}", hours, "58.50")
            for boat in ("Alma", "Berta", "Carla", "Dora", "Ella", "Frieda", "Greta", "Hanne")
            for work, hours in (
                ("Rumpf schleifen", "4.5"),
                ("Antifouling streichen", "3"),
                ("Beschläge prüfen", "1.25"),
            )
        ),
    ),
)

IMKEREI = Invoice(
    number="IM-26-0188",
    issued=date(2026, 4, 14),
    due=date(2026, 4, 28),
    order="B-5530",
    currency="EUR",
    seller=Party("Imkerei Sonnenhang OHG", ("Kleeweg 9", "99997 Auental"), "DE300000019", "DE89370400440532013000"),
    buyer=Party("Naturkost Hollerbusch eG", ("Marktplatz 3", "99998 Wiesenhain")),
    items=items(
        "7",
        ("Blütenhonig 500 g", "72", "4.95"),
        ("Waldhonig 500 g", "48", "6.20"),
        ("Bienenwachskerze, gegossen", "20", "7.80"),
    ),
)

CORDERIE = Invoice(
    number="C-2026-077",
    issued=date(2026, 10, 12),
    due=date(2026, 11, 11),
    order="CDE-3108",
    currency="EUR",
    seller=Party(
        "Corderie du Phare SARL",
        ("5 quai des Mouettes", "29999 Port-Brume"),
        "FR11123456782",
        "FR1420041010050500013M02606",
    ),
    buyer=Party("Chantier Naval Beau Rivage", ("11 rue du Bassin", "29998 Lanvaur")),
    items=items(
        "20",
        ("Cordage polyester 12 mm, au mètre", "150", "2.40"),
        ("Épissure sur cosse", "18", "14.50"),
        ("Amarre 15 m, œil épissé", "6", "58.00"),
    ),
)

# further invoices of the same companies, which come as office files
HARBOUR_BY_MAIL = replace(
    HARBOUR, number="HB-2026-0563", issued=date(2026, 5, 6), due=date(2026, 6, 5), order="PO-88391"
)
IMKEREI_AS_SHEET = replace(IMKEREI, number="IM-26-0219", issued=date(2026, 6, 12), due=date(2026, 6, 26))
COPPER_ON_THE_WEB = replace(COPPER, number="10477", issued=date(2026, 8, 15), due=date(2026, 9, 14), order="WO-7802")
ALMAZARA_AS_TABLE = replace(ALMAZARA, number="2026-A-0077", issued=date(2026, 3, 2), due=date(2026, 4, 1))
