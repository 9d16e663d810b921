"""A note with a field of each kind, all but number, total and due empty, and a model's answer for it."""

from typing import Any

from shared.domain.types.document_type import FieldSpec
from tests.support.pipeline.world import ANSWERS, NOTE

KINDS = NOTE.model_copy(
    update={
        "fields": (
            *NOTE.fields,
            FieldSpec(name="day", kind="date", title="Day"),
            FieldSpec(name="paid", kind="boolean", title="Paid"),
            FieldSpec(name="currency", kind="currency", title="Currency"),
            FieldSpec(name="account", kind="identifier", title="Account", identifier="iban"),
            FieldSpec(name="due", kind="money", title="Due", required=True),
            FieldSpec(name="seller.name", kind="text", title="Seller"),
        )
    }
)
READ: dict[str, Any] = ANSWERS["extract_note"] | {
    **{name: {"value": None, "lines": []} for name in ("day", "paid", "currency", "account")},
    "due": {"value": 3.5, "lines": ["p1.l4"]},
    "seller": {"name": {"value": None, "lines": []}},
}
