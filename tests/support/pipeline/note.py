"""The document type, the deployments, the page and the answers that most tests of the stages use."""

from typing import Any

from shared.domain.models.catalogue import Catalogue, Deployment
from shared.domain.types.document_type import DocumentType, FieldSpec, Policy, Rule
from shared.testing.builders.pages import text_page

NOTE = DocumentType(
    name="note",
    title="Delivery note",
    labels=("Delivery note",),
    fields=(
        FieldSpec(name="number", field_type="identifier", title="Number", labels=("Note no.",), required=True),
        FieldSpec(name="total", field_type="money", title="Total", labels=("Total",)),
        FieldSpec(
            name="rows",
            field_type="table",
            title="Rows",
            columns=(
                FieldSpec(name="what", field_type="text", title="What"),
                FieldSpec(name="price", field_type="money", title="Price"),
            ),
        ),
    ),
    rules=(
        Rule(
            id="sum",
            expression='absolute(sum_of(rows, "price") - total) < 0.01',
            message="The rows do not add up to the total.",
            fields=("rows", "total"),
        ),
    ),
    policy=Policy(accept_at=0.8),
)
CATALOGUE = Catalogue(
    deployments=(
        Deployment(name="see", capabilities=frozenset({"vision"}), input_price=1, cached_price=0.1, output_price=10),
        Deployment(
            name="think", capabilities=frozenset({"reasoning"}), input_price=2, cached_price=0.2, output_price=20
        ),
    )
)
PAGE = ("Delivery note", "Note no. A-17", "Apples 3.50", "Total 3.50")
ONE_PAGE = (text_page(1, *PAGE),)
ANSWERS: dict[str, Any] = {
    "classify_document": {"document_type": "note", "lines": ["p1.l1"]},
    "extract_note": {
        "number": {"value": "A-17", "lines": ["p1.l2"]},
        "total": {"value": 3.5, "lines": ["p1.l4"]},
        "rows": [{"what": "Apples", "price": 3.5, "lines": ["p1.l3"]}],
    },
    "verify_note": {
        "verdicts": [
            {"field": name, "verdict": "supported", "reason": "as printed", "line": None}
            for name in ("number", "total")
        ]
    },
}
