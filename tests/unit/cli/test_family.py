"""Documents that came out of others: where they are shown, and when an upload is done with."""

from datetime import UTC, datetime

from cli.output.tables import placed_name
from local.processing.family import family, has_settled, in_families
from shared.domain.documents.document import Document
from shared.domain.documents.run import Run, State
from shared.pipeline.operations.status import DocumentStatus

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def status(name: str, parent: str | None = None, state: State = State.FINALIZED, children: int = 0) -> DocumentStatus:
    document = Document(
        id=name, container="c", name=f"x/{name}", etag="1", size=1, uploaded=NOON, received=NOON, parent=parent
    )
    return DocumentStatus(document=document, run=Run(document_id=name, updated=NOON, state=state, children=children))


def known(*statuses: DocumentStatus) -> dict[str, DocumentStatus]:
    return {one.document.id: one for one in statuses}


def test_children_stand_below_their_parent_in_order() -> None:
    """Whatever the order in which they are listed; a child of a forgotten file stands by itself."""
    listed = [status("b", "a"), status("z"), status("a"), status("c", "b"), status("0", "a"), status("q", "gone")]
    assert ["x/z", "x/a", "  └ 0", "  └ b", "    └ c", "x/q"] == [placed_name(one) for one in in_families(listed)]


def test_a_family_is_an_upload_with_all_that_came_out_of_it() -> None:
    """And nothing else."""
    documents = known(status("a"), status("b", "a"), status("c", "b"), status("other"), status("child", "other"))
    assert ["a", "b", "c"] == [one.document.id for one in family("a", documents)]
    assert [] == family("unknown", documents)


def test_an_upload_is_done_when_its_children_are() -> None:
    """A child that still runs, or has not been seen yet, is waited for; so is a grandchild."""
    parent = status("a", state=State.UNPACKED, children=1)
    assert not has_settled("a", known())
    assert not has_settled("a", known(parent))
    assert not has_settled("a", known(parent, status("b", "a", State.READING)))
    inner = status("b", "a", State.UNPACKED, children=1)
    assert not has_settled("a", known(parent, inner, status("c", "b", State.EXTRACTING)))
    assert has_settled("a", known(parent, inner, status("c", "b")))
