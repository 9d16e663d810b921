"""Bank statements as a PDF page, and their right values."""

from collections.abc import Callable
from decimal import Decimal

from quality.samples.content.labels import Fields, Value, number
from quality.samples.paper import Paper
from quality.samples.twins.files.content import Statement

_LEFT = 20.0
_COLUMNS = ((20.0, 30.0, "L"), (50.0, 70.0, "L"), (115.0, 35.0, "R"), (150.0, 35.0, "R"))


def minus_sign(amount: Decimal) -> str:
    """Return an amount whose sign is a minus."""
    return f"{amount:,.2f}"


def debit_word(amount: Decimal) -> str:
    """Return an amount with DR or CR behind it."""
    return f"{abs(amount):,.2f} {'DR' if amount < 0 else 'CR'}"


def debit_letter(amount: Decimal) -> str:
    """Return an amount with S (Soll) or H (Haben) behind it, in German notation."""
    text = f"{abs(amount):,.2f}".translate({ord(","): ".", ord("."): ","})
    return f"{text} {'S' if amount < 0 else 'H'}"


def statement_pdf(statement: Statement, show: Callable[[Decimal], str]) -> bytes:
    """Return the statement as a page."""
    pdf = Paper(margin=_LEFT)
    pdf.pen(15, "B")
    pdf.write_line(_LEFT, 18, statement.bank)
    pdf.pen(12, "B")
    pdf.write_line(_LEFT, 28, "Bank statement")
    pdf.pen(10)
    period = f"{statement.start:%d %B %Y} to {statement.end:%d %B %Y}"
    facts = [
        ("Bank:", statement.bank),
        ("Account holder:", statement.holder),
        ("Account number:", statement.account),
        ("Currency:", statement.currency),
        ("Statement period:", period),
        ("Opening balance:", show(statement.opening)),
        ("Closing balance:", show(statement.balances[-1])),
    ]
    y = pdf.pairs(_LEFT, 40, facts) + 6
    pdf.pen(10, "B")
    _write_row(pdf, y, ("Date", "Description", "Amount", "Balance"))
    pdf.pen(10)
    for booking, balance in zip(statement.bookings, statement.balances, strict=True):
        y += 6
        _write_row(pdf, y, (f"{booking.day:%d %B %Y}", booking.text, show(booking.amount), show(balance)))
    return pdf.data()


def _write_row(pdf: Paper, y: float, cells: tuple[str, str, str, str]) -> None:
    for (x, width, align), text in zip(_COLUMNS, cells, strict=True):
        pdf.write_line(x, y, text, width, "R" if align == "R" else "L")


def statement_fields(statement: Statement) -> Fields:
    """Return the right values of the built-in type `bank_statement`."""
    rows: list[dict[str, Value]] = [
        {
            "date": booking.day.isoformat(),
            "description": booking.text,
            "amount": number(booking.amount),
            "balance": number(balance),
        }
        for booking, balance in zip(statement.bookings, statement.balances, strict=True)
    ]
    return {
        "bank_name": statement.bank,
        "account_holder": statement.holder,
        "account_number": statement.account,
        "currency": statement.currency,
        "opening_balance": number(statement.opening),
        "closing_balance": number(statement.balances[-1]),
        "transactions": rows,
    }
