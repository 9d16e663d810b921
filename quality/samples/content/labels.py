"""The answers: what can be read off a sample, normalised (dates as YYYY-MM-DD, amounts as numbers)."""

from collections.abc import Mapping
from decimal import Decimal

from quality.samples.content.documents import Invoice, Receipt

type Value = str | float
type Fields = dict[str, Value | list[dict[str, Value]]]


def number(amount: Decimal) -> float:
    """Return an amount as JSON writes it."""
    return float(amount)


def present(fields: Mapping[str, Value | None]) -> dict[str, Value]:
    """Only the fields that are on the page."""
    return {name: value for name, value in fields.items() if value is not None}


def invoice_fields(invoice: Invoice) -> Fields:
    """Return the fields of the built-in type `invoice`."""
    fields = present(
        {
            "invoice_number": invoice.number,
            "issue_date": invoice.issued.isoformat(),
            "due_date": invoice.due.isoformat() if invoice.due else None,
            "purchase_order_number": invoice.order,
            "currency": invoice.currency,
            "seller_name": invoice.seller.name,
            "seller_vat_id": invoice.seller.vat_id,
            "buyer_name": invoice.buyer.name,
            "net_total": number(invoice.net),
            "tax_total": number(invoice.tax),
            "grand_total": number(invoice.total),
            "amount_due": number(invoice.amount_due),
            "iban": invoice.seller.iban,
        }
    )
    rows = [
        present(
            {
                "description": item.description,
                "quantity": number(item.quantity),
                "unit_price": number(item.unit_price),
                "amount": number(item.amount),
                "tax_rate": number(item.tax_rate) if invoice.rates_on_rows else None,
            }
        )
        for item in invoice.items
    ]
    return {**fields, "line_items": [dict(row) for row in rows]}


def receipt_fields(receipt: Receipt) -> Fields:
    """Return the fields of the built-in type `receipt`."""
    return {
        "merchant_name": receipt.merchant.name,
        "merchant_address": ", ".join(receipt.merchant.address),
        "date": receipt.day.isoformat(),
        "total": number(receipt.total),
        "tax_total": number(receipt.tax),
    }
