"""Tables for people: documents on their way, results, events, addresses."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from rich.table import Table
from rich.text import Text

from cli.output.reasons import describe_reason
from local.processing.family import Placed, in_families
from local.processing.report import seconds
from local.terminal import money, plain
from shared.domain.documents.result import Result
from shared.domain.documents.run import State
from shared.pipeline.operations.status import DocumentDetail, DocumentStatus

_STYLES: Mapping[str, str] = {
    "finalized": "green",
    "ACCEPT": "green",
    "in_review": "yellow",
    "REVIEW": "yellow",
    "failed": "red",
    "REJECT": "red",
    "held": "magenta",
    "duplicate": "cyan",
    "unpacked": "green",
}
_KEEPS_RESULT = frozenset({State.FINALIZED, State.IN_REVIEW})


def documents_table(statuses: Sequence[DocumentStatus]) -> Table:
    """Return a table of documents with their state, in the order given; children follow their parent."""
    table = Table(
        "document", "state", "type", "pages", "seconds", "id", "reason", box=None, header_style="bold", pad_edge=False
    )
    for placed in in_families(statuses):
        status, run = placed.status, placed.status.run
        since = run.finished or (run.updated if run.is_settled else datetime.now(UTC))
        age = (since - status.document.received).total_seconds()
        table.add_row(
            Text(plain(placed_name(placed)), overflow="ellipsis", no_wrap=True),
            style_state("unreadable" if status.unreadable else run.state.value),
            run.document_type or "",
            _number(run.pages),
            f"{age:.1f}",
            run.document_id,
            Text(describe_reason(status), style="dim"),
        )
    _align_right(table, "pages", "seconds")
    return table


def results_table(outcomes: Iterable[tuple[str, DocumentDetail]]) -> Table:
    """Return one row for each outcome, under the name given with it."""
    table = Table(
        "document", "outcome", "type", "values", "confidence", "pages", "calls", "cost", "seconds",
        box=None, header_style="bold", pad_edge=False,
    )  # fmt: skip
    for name, detail in outcomes:
        run = detail.run
        result = detail.result if run.state in _KEEPS_RESULT else None
        table.add_row(
            Text(plain(name), overflow="ellipsis", no_wrap=True),
            style_state(result.disposition) if result else style_state(run.state.value),
            run.document_type or "",
            str(count_values(result)) if result else "",
            f"{result.confidence:.2f}" if result else "",
            _number(run.pages),
            str(run.bill.calls),
            money(run.bill.cost_usd),
            f"{seconds(detail.document.received, run):.1f}",
        )
    _align_right(table, "values", "confidence", "pages", "calls", "cost", "seconds")
    return table


def outcome_line(detail: DocumentDetail) -> Text:
    """Return one outcome in one line."""
    run = detail.run
    result = detail.result if run.state in _KEEPS_RESULT else None
    line = Text.assemble(f"{run.updated.astimezone():%H:%M:%S}  ", plain(detail.document.title), "  ")
    line.append_text(style_state(result.disposition if result else run.state.value))
    if result:
        line.append(f"  {run.document_type}, {count_values(result)} values, confidence {result.confidence:.2f}")
        line.append(f", {money(run.bill.cost_usd)}, {seconds(detail.document.received, run):.1f} s")
    reasons = result.reasons if result else run.reasons
    if run.members:
        line.append(f"  {run.children} of {run.members} members are documents now")
    if run.duplicate_of:
        line.append(f"  the same bytes as document {run.duplicate_of}")
    elif reasons:
        more = f" (and {len(reasons) - 1} more)" if len(reasons) > 1 else ""
        line.append(f"  {plain(reasons[0].message)}{more}", style="dim")
    return line


def events_table(events: Sequence[Mapping[str, Any]], latest: int = 5) -> Table:
    """Return what the demo subscriber received: how many of each type, and the latest ones."""
    table = Table("event", "count", "latest", box=None, header_style="bold", pad_edge=False)
    counts = Counter(str(event["type"]) for event in events)
    for event_type, count in sorted(counts.items()):
        newest = max((event for event in events if event["type"] == event_type), key=lambda event: event["received"])
        table.add_row(event_type, str(count), plain(str(newest["data"].get("name", newest["subject"]))))
    for event in events[-latest:]:
        table.add_row(Text(f"  {event['id']}", style="dim"), "", Text(plain(str(event["subject"])), style="dim"))
    _align_right(table, "count")
    return table


def count_values(result: Result) -> int:
    """Return how many values a Result has; each row of a table counts as one."""
    return sum(len(field.rows) or int(field.value is not None) for field in result.fields.values())


def placed_name(placed: Placed) -> str:
    """Return the name of a document; of one that came out of another, its place and name there, set in below it."""
    name = placed.status.document.title
    return f"{'  ' * placed.depth}└ {name.rpartition('/')[2]}" if placed.depth else name


def style_state(word: str) -> Text:
    """Return a state or disposition in its colour."""
    return Text(word, style=_STYLES.get(word, ""))


def _number(count: int) -> str:
    return str(count) if count else ""


def _align_right(table: Table, *names: str) -> None:
    for column in table.columns:
        if column.header in names:
            column.justify = "right"
