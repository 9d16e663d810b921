"""How each language prints an invoice or a receipt: its words, its dates, its numbers."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal


@dataclass(frozen=True)
class Words:
    """The words of one language and country, and how it writes dates (strftime), numbers (two signs) and prices."""

    title: str
    number: str
    issued: str
    due: str
    order: str
    bill_to: str
    vat_id: str
    description: str
    quantity: str
    unit_price: str
    rate: str
    amount: str
    net: str
    tax: str
    total: str
    prepaid: str
    amount_due: str
    carried: str
    page: str
    cash: str
    change: str
    thanks: str
    date_format: str
    group: str
    point: str
    price: str

    def day(self, day: date) -> str:
        """Return a date as this language prints it."""
        return day.strftime(self.date_format)

    def money(self, amount: Decimal) -> str:
        """Return an amount with two decimals."""
        return f"{amount:,.2f}".translate({ord(","): self.group, ord("."): self.point})

    def sum(self, amount: Decimal) -> str:
        """Return an amount with its currency, as it stands in the totals."""
        sign = "-" if amount < 0 else ""
        return sign + self.price.format(self.money(abs(amount)))

    def plain(self, value: Decimal) -> str:
        """Return a quantity or a rate, without decimals that say nothing."""
        return f"{value:f}".replace(".", self.point)


ENGLISH = Words(
    title="Invoice",
    number="Invoice no.",
    issued="Invoice date",
    due="Due date",
    order="PO number",
    bill_to="Bill to",
    vat_id="VAT reg. no.",
    description="Description",
    quantity="Qty",
    unit_price="Unit price",
    rate="VAT %",
    amount="Amount",
    net="Subtotal",
    tax="VAT",
    total="Total",
    prepaid="Deposit paid",
    amount_due="Amount due",
    carried="Carried forward",
    page="Page",
    cash="CASH",
    change="CHANGE",
    thanks="THANK YOU, PLEASE CALL AGAIN",
    date_format="%d %B %Y",
    group=",",
    point=".",
    price="£{}",
)

IRISH = replace(ENGLISH, order="Your ref.", due="Pay by", vat_id="VAT no.", price="€{}")

AMERICAN = Words(
    title="INVOICE",
    number="Invoice #",
    issued="Date",
    due="Payment due",
    order="P.O. #",
    bill_to="BILL TO",
    vat_id="Tax ID",
    description="Item",
    quantity="Hours/Qty",
    unit_price="Rate",
    rate="Tax %",
    amount="Line total",
    net="Subtotal",
    tax="Sales tax",
    total="Total",
    prepaid="Deposit received",
    amount_due="Balance due",
    carried="Carried forward",
    page="Page",
    cash="CASH",
    change="CHANGE DUE",
    thanks="HAVE A NICE DAY",
    date_format="%m/%d/%Y",
    group=",",
    point=".",
    price="${}",
)

GERMAN = Words(
    title="Rechnung",
    number="Rechnungsnummer",
    issued="Rechnungsdatum",
    due="Zahlbar bis",
    order="Ihre Bestellnummer",
    bill_to="Rechnung an",
    vat_id="USt-IdNr.",
    description="Bezeichnung",
    quantity="Menge",
    unit_price="Einzelpreis",
    rate="USt %",
    amount="Betrag",
    net="Nettobetrag",
    tax="Umsatzsteuer",
    total="Gesamtbetrag",
    prepaid="Anzahlung",
    amount_due="Zahlbetrag",
    carried="Übertrag",
    page="Seite",
    cash="BAR",
    change="RÜCKGELD",
    thanks="VIELEN DANK FÜR IHREN EINKAUF",
    date_format="%d.%m.%Y",
    group=".",
    point=",",
    price="{} EUR",
)

SWISS = Words(
    title="Rechnung",
    number="Rechnung Nr.",
    issued="Datum",
    due="Fällig am",
    order="Bestellreferenz",
    bill_to="Kunde",
    vat_id="MWST-Nr.",
    description="Leistung",
    quantity="Anzahl",
    unit_price="Preis",
    rate="MWST %",
    amount="Total",
    net="Zwischentotal",
    tax="MWST",
    total="Gesamttotal",
    prepaid="Akonto",
    amount_due="Zu bezahlen",
    carried="Übertrag",
    page="Seite",
    cash="BAR",
    change="RÜCKGELD",
    thanks="MERCI UND BIS BALD",
    date_format="%d.%m.%Y",
    group="'",
    point=".",
    price="CHF {}",
)

FRENCH = Words(
    title="Facture",
    number="Facture n°",
    issued="Date de facturation",
    due="Date d'échéance",
    order="Bon de commande",
    bill_to="Facturé à",
    vat_id="N° TVA",
    description="Désignation",
    quantity="Qté",
    unit_price="Prix unitaire HT",
    rate="TVA %",
    amount="Montant HT",
    net="Total HT",
    tax="TVA",
    total="Total TTC",
    prepaid="Acompte versé",
    amount_due="Net à payer",
    carried="À reporter",
    page="Page",
    cash="ESPÈCES",
    change="RENDU",
    thanks="MERCI DE VOTRE VISITE",
    date_format="%d/%m/%Y",
    group=" ",
    point=",",
    price="{} €",
)

SPANISH = Words(
    title="Factura",
    number="N.º de factura",
    issued="Fecha de emisión",
    due="Vencimiento",
    order="N.º de pedido",
    bill_to="Cliente",
    vat_id="NIF",
    description="Concepto",
    quantity="Cantidad",
    unit_price="Precio",
    rate="IVA %",
    amount="Importe",
    net="Base imponible",
    tax="IVA",
    total="Total factura",
    prepaid="Anticipo",
    amount_due="Total a pagar",
    carried="Suma y sigue",
    page="Página",
    cash="EFECTIVO",
    change="CAMBIO",
    thanks="GRACIAS POR SU VISITA",
    date_format="%d/%m/%Y",
    group=".",
    point=",",
    price="{} €",
)
