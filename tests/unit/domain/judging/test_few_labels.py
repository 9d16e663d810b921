"""Values that stand on the page without their labels: a few are usual, many say that the layout is not understood."""

import pytest

from shared.domain.documents.extraction import Extraction, FieldValue, Signals
from shared.domain.judging.routing import add_confidence, find_doubts
from shared.domain.types.document_type import DocumentType, FieldSpec


def codes(*labelled: float | None, second: float | None = None) -> list[str]:
    """The reasons for a document whose fields have these signals of a label, in a type without a threshold."""
    names = [f"field{number}" for number in range(len(labelled))]
    specs = tuple(FieldSpec(name=name, field_type="text", title=name, labels=(name,)) for name in names)
    kind = DocumentType(name="note", title="Note", fields=specs)
    fields = {
        name: FieldValue(value="x", signals=Signals(grounded=1, ocr=1, parsed=1, labelled=label, second=second))
        for name, label in zip(names, labelled, strict=True)
    }
    return [reason.code for reason in find_doubts(kind, add_confidence(Extraction(fields=fields)))]


def test_many_values_without_a_label_go_to_a_person() -> None:
    """More than a quarter of all, and at least three."""
    assert ["few_labels"] == codes(0, 0, 0, 0, *[1] * 8)


@pytest.mark.parametrize("labelled", [(0, 0, 0, *[1] * 9), (0, 0, 1), (*[1] * 12,), ()])
def test_a_few_values_without_a_label_are_usual(labelled: tuple[float, ...]) -> None:
    """A quarter; a letterhead on a receipt; none; an empty document."""
    assert [] == codes(*labelled)


def test_a_second_reading_makes_up_for_labels() -> None:
    """The e-invoice in the file says the same."""
    assert [] == codes(*[0] * 12, second=1.0)
