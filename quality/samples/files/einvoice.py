"""The same invoice as data: CII, which ZUGFeRD and Factur-X put into the PDF, and UBL."""

from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple
from xml.sax.saxutils import escape

from quality.samples.content.documents import Invoice, Item, Party, cents
from quality.samples.content.words import Words

CII = "urn:un:unece:uncefact:data:standard"
UBL = "urn:oasis:names:specification:ubl:schema:xsd"
PROFILE = "urn:cen.eu:en16931:2017"


class Attached(NamedTuple):
    """A file to be put into a PDF."""

    name: str
    data: bytes


type Layout = Callable[..., bytes]


def with_einvoice(layout: Layout, name: str, *, total_off_by: str = "0") -> Callable[[Invoice, Words], bytes]:
    """Return the layout with the CII file `name` inside; its totals differ from the page's by `total_off_by`."""

    def laid_out(invoice: Invoice, words: Words) -> bytes:
        return layout(invoice, words, Attached(name, cii(invoice, Decimal(total_off_by))))

    return laid_out


def tag(name: str, *inner: str, **attributes: str) -> str:
    """Return an element around elements; nothing when there is nothing in it."""
    content = "".join(inner)
    attribute_text = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return f"<{name}{attribute_text}>{content}</{name}>" if content else ""


def leaf(name: str, value: object, **attributes: str) -> str:
    """Return an element around a text; nothing for None."""
    return "" if value is None else tag(name, escape(str(value)), **attributes)


def cii(invoice: Invoice, total_off_by: Decimal = Decimal(0)) -> bytes:
    """Return the invoice as a Cross Industry Invoice, profile EN 16931."""
    document = tag(
        "rsm:ExchangedDocument",
        leaf("ram:ID", invoice.number),
        leaf("ram:TypeCode", 380),
        tag("ram:IssueDateTime", leaf("udt:DateTimeString", f"{invoice.issued:%Y%m%d}", format="102")),
    )
    context = tag(
        "rsm:ExchangedDocumentContext", tag("ram:GuidelineSpecifiedDocumentContextParameter", leaf("ram:ID", PROFILE))
    )
    agreement = tag(
        "ram:ApplicableHeaderTradeAgreement",
        _cii_party("ram:SellerTradeParty", invoice.seller),
        _cii_party("ram:BuyerTradeParty", invoice.buyer),
        tag("ram:BuyerOrderReferencedDocument", leaf("ram:IssuerAssignedID", invoice.order)),
    )
    lines = [_cii_line(number, item) for number, item in enumerate(invoice.items, 1)]
    transaction = tag(
        "rsm:SupplyChainTradeTransaction",
        *lines,
        agreement,
        "<ram:ApplicableHeaderTradeDelivery/>",
        _cii_settlement(invoice, total_off_by),
    )
    spaces = {
        "xmlns:rsm": f"{CII}:CrossIndustryInvoice:100",
        "xmlns:ram": f"{CII}:ReusableAggregateBusinessInformationEntity:100",
        "xmlns:udt": f"{CII}:UnqualifiedDataType:100",
    }
    return _document(tag("rsm:CrossIndustryInvoice", context, document, transaction, **spaces))


def ubl(invoice: Invoice) -> bytes:
    """Return the invoice as a UBL 2.1 Invoice."""
    currency = {"currencyID": invoice.currency}
    rates = [
        tag(
            "cac:TaxSubtotal",
            leaf("cbc:TaxableAmount", _basis(invoice, rate), **currency),
            leaf("cbc:TaxAmount", tax, **currency),
            tag("cac:TaxCategory", leaf("cbc:ID", "S"), leaf("cbc:Percent", rate), _VAT),
        )
        for rate, tax in invoice.taxes.items()
    ]
    totals = {
        "cbc:LineExtensionAmount": invoice.net,
        "cbc:TaxExclusiveAmount": invoice.net,
        "cbc:TaxInclusiveAmount": invoice.total,
        "cbc:PrepaidAmount": invoice.prepaid or None,
        "cbc:PayableAmount": invoice.amount_due,
    }
    body = (
        leaf("cbc:CustomizationID", PROFILE),
        leaf("cbc:ID", invoice.number),
        leaf("cbc:IssueDate", invoice.issued),
        leaf("cbc:DueDate", invoice.due),
        leaf("cbc:InvoiceTypeCode", 380),
        leaf("cbc:DocumentCurrencyCode", invoice.currency),
        tag("cac:OrderReference", leaf("cbc:ID", invoice.order)),
        tag("cac:AccountingSupplierParty", _ubl_party(invoice.seller)),
        tag("cac:AccountingCustomerParty", _ubl_party(invoice.buyer)),
        tag("cac:PaymentMeans", _PAYMENT_CODE, tag("cac:PayeeFinancialAccount", leaf("cbc:ID", invoice.seller.iban))),
        tag("cac:TaxTotal", leaf("cbc:TaxAmount", invoice.tax, **currency), *rates),
        tag("cac:LegalMonetaryTotal", *(leaf(name, amount, **currency) for name, amount in totals.items())),
        *(_ubl_line(number, item, currency) for number, item in enumerate(invoice.items, 1)),
    )
    spaces = {
        "xmlns": f"{UBL}:Invoice-2",
        "xmlns:cac": f"{UBL}:CommonAggregateComponents-2",
        "xmlns:cbc": f"{UBL}:CommonBasicComponents-2",
    }
    return _document(tag("Invoice", *body, **spaces))


_VAT = tag("cac:TaxScheme", leaf("cbc:ID", "VAT"))
_PAYMENT_CODE = leaf("cbc:PaymentMeansCode", 58)


def _document(root: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{root}\n'.encode()


def _basis(invoice: Invoice, rate: Decimal) -> Decimal:
    return sum((item.amount for item in invoice.items if item.tax_rate == rate), Decimal(0))


def _cii_party(name: str, party: Party) -> str:
    vat = tag("ram:SpecifiedTaxRegistration", leaf("ram:ID", party.vat_id, schemeID="VA"))
    address = tag("ram:PostalTradeAddress", leaf("ram:LineOne", party.address[0]))
    return tag(name, leaf("ram:Name", party.name), address, vat)


def _cii_line(number: int, item: Item) -> str:
    return tag(
        "ram:IncludedSupplyChainTradeLineItem",
        tag("ram:AssociatedDocumentLineDocument", leaf("ram:LineID", number)),
        tag("ram:SpecifiedTradeProduct", leaf("ram:Name", item.description)),
        tag(
            "ram:SpecifiedLineTradeAgreement",
            tag("ram:NetPriceProductTradePrice", leaf("ram:ChargeAmount", item.unit_price)),
        ),
        tag("ram:SpecifiedLineTradeDelivery", leaf("ram:BilledQuantity", item.quantity, unitCode="C62")),
        tag(
            "ram:SpecifiedLineTradeSettlement",
            tag(
                "ram:ApplicableTradeTax",
                leaf("ram:TypeCode", "VAT"),
                leaf("ram:CategoryCode", "S"),
                leaf("ram:RateApplicablePercent", item.tax_rate),
            ),
            tag("ram:SpecifiedTradeSettlementLineMonetarySummation", leaf("ram:LineTotalAmount", item.amount)),
        ),
    )


def _cii_settlement(invoice: Invoice, total_off_by: Decimal) -> str:
    rates = [
        tag(
            "ram:ApplicableTradeTax",
            leaf("ram:CalculatedAmount", tax),
            leaf("ram:TypeCode", "VAT"),
            leaf("ram:BasisAmount", _basis(invoice, rate)),
            leaf("ram:CategoryCode", "S"),
            leaf("ram:RateApplicablePercent", rate),
        )
        for rate, tax in invoice.taxes.items()
    ]
    account = tag("ram:PayeePartyCreditorFinancialAccount", leaf("ram:IBANID", invoice.seller.iban))
    due = leaf("udt:DateTimeString", f"{invoice.due:%Y%m%d}" if invoice.due else None, format="102")
    return tag(
        "ram:ApplicableHeaderTradeSettlement",
        leaf("ram:InvoiceCurrencyCode", invoice.currency),
        tag("ram:SpecifiedTradeSettlementPaymentMeans", leaf("ram:TypeCode", 58), account),
        *rates,
        tag("ram:SpecifiedTradePaymentTerms", tag("ram:DueDateDateTime", due)),
        tag(
            "ram:SpecifiedTradeSettlementHeaderMonetarySummation",
            leaf("ram:LineTotalAmount", invoice.net),
            leaf("ram:TaxBasisTotalAmount", invoice.net),
            leaf("ram:TaxTotalAmount", invoice.tax, currencyID=invoice.currency),
            leaf("ram:GrandTotalAmount", cents(invoice.total + total_off_by)),
            leaf("ram:TotalPrepaidAmount", invoice.prepaid or None),
            leaf("ram:DuePayableAmount", cents(invoice.amount_due + total_off_by)),
        ),
    )


def _ubl_party(party: Party) -> str:
    tax = tag("cac:PartyTaxScheme", leaf("cbc:CompanyID", party.vat_id), _VAT) if party.vat_id else ""
    address = tag("cac:PostalAddress", leaf("cbc:StreetName", party.address[0]))
    return tag("cac:Party", address, tax, tag("cac:PartyLegalEntity", leaf("cbc:RegistrationName", party.name)))


def _ubl_line(number: int, item: Item, currency: dict[str, str]) -> str:
    category = tag("cac:ClassifiedTaxCategory", leaf("cbc:ID", "S"), leaf("cbc:Percent", item.tax_rate), _VAT)
    return tag(
        "cac:InvoiceLine",
        leaf("cbc:ID", number),
        leaf("cbc:InvoicedQuantity", item.quantity, unitCode="C62"),
        leaf("cbc:LineExtensionAmount", item.amount, **currency),
        tag("cac:Item", leaf("cbc:Name", item.description), category),
        tag("cac:Price", leaf("cbc:PriceAmount", item.unit_price, **currency)),
    )
