"""Why a document waits, failed or needs a person, in words for a terminal."""

from collections.abc import Iterable, Iterator

from rich.text import Text

from local.terminal import plain
from shared.domain.documents.run import State
from shared.pipeline.operations.status import DocumentDetail, DocumentStatus

_WITH_REASONS = frozenset({State.HELD, State.FAILED, State.IN_REVIEW})


def describe_reason(status: DocumentStatus) -> str:
    """Return why a document is where it is: what it waits for and until when, or the reasons of its state."""
    run = status.run
    if status.waiting is not None:
        return plain(f"{status.waiting.message.rstrip('.')}; tried again {status.waiting.until.astimezone():%H:%M:%S}")
    if run.duplicate_of:
        return f"the same content as {run.duplicate_of}"
    if run.state not in _WITH_REASONS or not run.reasons:
        return ""
    more = f" (and {len(run.reasons) - 1} more)" if len(run.reasons) > 1 else ""
    return plain(run.reasons[0].message) + more


LEGEND = (
    "ACCEPT: final without a person. REVIEW: a person checks it (`intray show`, `intray review`). held: kept until "
    "something changes, such as a new document type. failed: cannot be processed. `intray replay` tries again."
)


def reason_lines(details: Iterable[tuple[str, DocumentDetail]]) -> Iterator[Text]:
    """Yield lines with all reasons of each document that waits for a person, is held or failed, under its name."""
    for name, detail in details:
        if detail.run.state not in _WITH_REASONS:
            continue
        outcome = "REVIEW" if detail.run.state is State.IN_REVIEW else detail.run.state.value
        yield Text.assemble(plain(name.strip()), "  ", (outcome, "bold"))
        reasons = detail.result.reasons if detail.result and not detail.run.reasons else detail.run.reasons
        for reason in reasons:
            yield Text(f"    {plain(reason.message)} ({reason.code})")
