"""Rows that do not add up to the net total, and a page that prints what they do add up to."""

from typing import Any

import pytest

from shared.domain.types.document_type import DocumentType, FieldSpec, Policy, Rule
from shared.testing.builders.pages import text_page
from tests.support.pipeline.world import answering, make_world

COLUMNS = tuple(FieldSpec(name=name, field_type="money", title=name) for name in ("count", "price", "amount"))
KIND = DocumentType(
    name="note",
    title="Note",
    labels=("Note",),
    fields=(
        FieldSpec(name="net", field_type="money", title="Net", labels=("Net",)),
        FieldSpec(name="items", field_type="table", title="Items", columns=COLUMNS),
    ),
    rules=(
        Rule(
            id="sum",
            expression='near(sum_of(items, "amount"), net)',
            message="No sum.",
            fields=("items", "net"),
            severity="warning",
        ),
        Rule(
            id="product", each="items", expression="near(count * price, amount)", message="?", severity="warning",
            fields=("items",),
        ),
    ),
    policy=Policy(accept_at=0.87),
)  # fmt: skip
ROWS = ("2 3.50 7.00", "4 2.50 10.00")


async def processed(*lines: str) -> dict[str, Any]:
    """The result of a page with the two rows, and these lines below them; the net total stands in the last line."""

    def answer(_: Any) -> dict[str, Any]:
        rows = [
            {"count": 2.0, "price": 3.5, "amount": 7.0, "lines": ["p1.l1"]},
            {"count": 4.0, "price": 2.5, "amount": 10.0, "lines": ["p1.l2"]},
        ]
        return {"net": {"value": 15.0, "lines": [f"p1.l{2 + len(lines)}"]}, "items": rows}

    world = make_world([text_page(1, *ROWS, *lines)], answering(extract_note=answer), types=(KIND,))
    document = await world.drop()
    await world.settle()
    return await world.result(document)


async def test_rows_whose_sum_the_page_states_are_complete() -> None:
    """The net total is lower for a discount."""
    result = await processed("Positions 17.00", "Discount -2.00", "Net 15.00")
    stated = {finding["rule"]: finding["severity"] for finding in result["findings"]}
    assert {"sum": "warning", "rows_sum_stated": "info"} == stated
    assert "ACCEPT" == result["disposition"]


@pytest.mark.parametrize("lines", [("Discount -2.00", "Net 15.00"), ("Positions 19.00", "Discount -4.00", "Net 15.00")])
async def test_rows_whose_sum_stands_nowhere_go_to_a_person(lines: tuple[str, ...]) -> None:
    """A row may be missing, although each of those that were read is right in itself."""
    result = await processed(*lines)
    assert ["sum"] == [finding["rule"] for finding in result["findings"]]
    assert ("REVIEW", ["low_confidence"]) == (result["disposition"], [reason["code"] for reason in result["reasons"]])
