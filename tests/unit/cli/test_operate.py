"""Which documents a command means."""

from datetime import UTC, datetime
from typing import Any

import pytest

from cli.commands.operate import Filter
from shared.domain.documents.document import Document
from shared.domain.documents.run import Reason, Run, State
from shared.pipeline.operations.status import DocumentStatus

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def document(name: str, state: State, document_type: str | None = None, reason: str = "") -> DocumentStatus:
    reasons = (Reason(code=reason, message="."),) if reason else ()
    return DocumentStatus(
        document=Document(id="d1", container="incoming", name=name, etag="1", size=1, uploaded=NOW, received=NOW),
        run=Run(document_id="d1", updated=NOW, state=state, document_type=document_type, reasons=reasons),
    )


ALL = (
    document("invoice/a.pdf", State.FAILED, "invoice", "poisoned"),
    document("invoice/b.pdf", State.FAILED, "invoice", "superseded"),
    document("c.pdf", State.FINALIZED, "receipt"),
    document("invoice/d.pdf", State.EXTRACTING, "invoice"),
)


@pytest.mark.parametrize(
    ("asked", "taken"),
    [
        ({}, ""),
        ({"state": State.FAILED}, "ab"),
        ({"state": State.EXTRACTING}, "d"),
        ({"document_type": "invoice"}, "ab"),
        ({"reason": "poisoned"}, "a"),
        ({"prefix": "invoice/"}, "ab"),
        ({"state": State.FAILED, "document_type": "receipt"}, ""),
        ({"prefix": ""}, "abc"),
    ],
)
def test_a_filter_takes_what_fits_all_of_it(asked: dict[str, Any], taken: str) -> None:
    """Nothing asked for means nobody; what is on its way is meant only by its state, and then refused by name."""
    names = [one.document.name for one in ALL if Filter(**asked).accepts(one)]
    assert taken == "".join(name[-5] for name in names)
