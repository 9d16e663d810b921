"""A note with a field of each kind, all but number, total and due empty, and a model's answer for it."""

from typing import Any

from shared.domain.types.document_type import FieldSpec
from tests.support.pipeline.world import ANSWERS, NOTE

KINDS = NOTE.model_copy(
    update={
        "fields": (
            *NOTE.fields,
            FieldSpec(name="day", field_type="date", title="Day"),
            FieldSpec(name="paid", field_type="boolean", title="Paid"),
            FieldSpec(name="currency", field_type="currency", title="Currency"),
            FieldSpec(name="account", field_type="identifier", title="Account", identifier="iban"),
            FieldSpec(name="due", field_type="money", title="Due", required=True),
            FieldSpec(name="seller.name", field_type="text", title="Seller"),
        )
    }
)
READ: dict[str, Any] = ANSWERS["extract_note"] | {
    **{name: {"value": None, "lines": []} for name in ("day", "paid", "currency", "account")},
    "due": {"value": 3.5, "lines": ["p1.l4"]},
    "seller": {"name": {"value": None, "lines": []}},
}
