"""What a table of results says about its accepted documents: on which evaluation their acceptance rests."""

from collections.abc import Iterable

from local.settings import LocalSettings
from shared.domain.documents.run import State
from shared.pipeline.operations.status import DocumentDetail

LOCAL_READER_NOTE = (
    "ACCEPT rests on evaluation records made with the local reader (make records). With any other deployment a person"
    " checks every document until its type is evaluated there: docs/evaluation.md."
)


def acceptance_note(details: Iterable[DocumentDetail]) -> str | None:
    """Return the sentence to print below results; None when nothing was accepted with the local reader."""
    accepted = any(detail.run.state is State.FINALIZED and detail.run.disposition == "ACCEPT" for detail in details)
    return LOCAL_READER_NOTE if accepted and LocalSettings().model_endpoint is None else None
