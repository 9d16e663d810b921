"""What a document of the twin sets is: its bytes, the right answers, and how it is uploaded."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from quality.samples.content.documents import Invoice
from quality.samples.content.labels import Fields, invoice_fields
from quality.samples.content.words import Words
from quality.samples.layouts.letter import letter
from quality.samples.twins.files.content import GLOCKE, KILN, with_number
from quality.samples.twins.files.notation import GERMAN_EURO
from quality.samples.twins.files.web import plain_text


@dataclass(frozen=True)
class TwinCase:
    """A file of one of the twin sets.

    Attributes:
        file: its name.
        topic: the way in which documents are misread that this file is about.
        document_type: the type of every document in it.
        answers: the right values of each document in it; more than one for a mail, an archive or a stack.
        make: returns its bytes.
        typed: whether it is uploaded into the folder of its type, so that it is neither classified nor split.
        unpacked: whether its documents are children of it, even a single one.
        wrong: a value by field that no document may state, where there is more than one right value.
    """

    file: str
    topic: str
    document_type: str
    answers: tuple[Fields, ...]
    make: Callable[[], bytes]
    typed: bool = False
    unpacked: bool = False
    wrong: Mapping[str, float] = field(default_factory=dict)

    def without(self, *names: str) -> "TwinCase":
        """Return the case with answers that say nothing of these fields, or columns (`line_items.quantity`)."""
        return replace(self, answers=tuple(_drop(answer, frozenset(names)) for answer in self.answers))


def _drop(answer: Fields, names: frozenset[str]) -> Fields:
    answered: Fields = {}
    for name, value in answer.items():
        if name in names:
            continue
        if isinstance(value, list):
            answered[name] = [{cell: row[cell] for cell in row if f"{name}.{cell}" not in names} for row in value]
        else:
            answered[name] = value
    return answered


def invoice_case(topic: str, file: str, invoice: Invoice, make: Callable[[Invoice], bytes]) -> TwinCase:
    """Return the case of a file that holds one invoice."""
    return TwinCase(file, topic, "invoice", (invoice_fields(invoice),), lambda: make(invoice))


def british(topic: str, file: str, number: str, make: Callable[[Invoice], bytes]) -> TwinCase:
    """Return the case of a British invoice under this number."""
    return invoice_case(topic, file, with_number(KILN, number), make)


def german(topic: str, file: str, number: str, make: Callable[[Invoice], bytes]) -> TwinCase:
    """Return the case of a German invoice under this number."""
    return invoice_case(topic, file, with_number(GLOCKE, number), make)


def several(
    topic: str, file: str, invoices: Sequence[Invoice], words: Words, hold: Callable[[dict[str, bytes]], bytes]
) -> TwinCase:
    """Return the case of a file that holds several invoices; `hold` gets their PDFs by name."""
    return TwinCase(
        file,
        topic,
        "invoice",
        tuple(invoice_fields(invoice) for invoice in invoices),
        lambda: hold({f"{count}.pdf": letter(invoice, words) for count, invoice in enumerate(invoices, 1)}),
        unpacked=True,
    )


def mailed_text(topic: str, file: str, invoice: Invoice, make: Callable[[str], bytes]) -> TwinCase:
    """Return the case of a mail whose text is a German invoice."""
    text = plain_text(invoice, GERMAN_EURO)
    return TwinCase(file, topic, "invoice", (invoice_fields(invoice),), lambda: make(text), unpacked=True)
