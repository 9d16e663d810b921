"""A stack of twelve documents in one file, through the whole local cloud."""

import json

import pytest

from tests.e2e.stack import bound, members
from tests.e2e.world import LIMIT, World

pytestmark = pytest.mark.timeout(2 * LIMIT)


def test_a_stack_of_twelve_is_split_and_typed_right_with_a_result_and_an_outcome_each(world: World) -> None:
    """Six types in one PDF: every Part has its own pages, type, result and one event of its outcome."""
    documents = members()
    data, ranges = bound([one.pdf for one in documents])
    file = world.upload("monday's post.pdf", data)
    detail = world.outcome(file)
    assert ("unpacked", ["received", "unpacked"]) == (detail.run.state, world.events(file))
    listed = json.loads(world.blob("results", f"unpacked/{file}.json"))["members"]
    assert ranges == [(one["pages"]["first"], one["pages"]["last"]) for one in listed]
    parts = [world.outcome(one["document_id"]) for one in listed]
    assert [one.kind for one in documents] == [part.run.document_type for part in parts]
    for part, (first, last) in zip(parts, ranges, strict=True):
        assert part.result is not None
        assert part.result.part is not None
        assert (file, first, last) == (part.result.parent, part.result.part.first, part.result.part.last)
        assert list(range(1, last - first + 2)) == [page.number for page in part.result.pages]
        told = {"finalized": ["received", "finalized"], "in_review": ["received", "review_requested"]}
        assert told[part.run.state] == world.events(part.document.id)
        assert any(field.value and field.evidence for field in part.result.fields.values())
    assert 12 == len({part.document.id for part in parts})
