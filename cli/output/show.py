"""Print one document for a person."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.output.tables import style_state
from local.processing.report import seconds
from local.terminal import money, plain
from shared.domain.documents.extraction import Evidence
from shared.domain.documents.result import Result
from shared.pipeline.operations.status import DocumentDetail

_MAX_SHOWN_CHARACTERS = 60


def print_document(terminal: Console, detail: DocumentDetail) -> None:
    """Print what is known of a document: state, reasons, values with their evidence, findings, cost and events."""
    document, run, result = detail.document, detail.run, detail.result
    terminal.print(Text(f"{document.container}/{plain(document.title)}", style="bold"))
    facts = {
        "id": Text(document.id),
        "state": style_state(run.state.value),
        "waits": _waiting(detail),
        "disposition": style_state(run.disposition) if run.disposition else None,
        "type": Text(run.document_type) if run.document_type else None,
        "came out of": Text(document.parent) if document.parent else None,
        "duplicate of": Text(run.duplicate_of) if run.duplicate_of else None,
        "pages": Text(_extent(result) if result else str(run.pages)) if run.pages else None,
        "cost": Text(f"{money(run.bill.cost_usd)} for {run.bill.calls} model calls, {run.bill.reused} of them reused"),
        "time": Text(
            f"{seconds(document.received, run):.1f} s, received {document.received.astimezone():%Y-%m-%d %H:%M:%S}"
        ),
    }
    for name, text in facts.items():
        if text is not None:
            terminal.print(Text(f"  {name:<13}").append_text(text))
    for reason in result.reasons if result else run.reasons:
        terminal.print(Text(f"  - {plain(reason.message)} ({reason.code})"))
    if result is not None:
        _print_result(terminal, result)
    if detail.members:
        terminal.print(Text("what it holds", style="bold"))
    for member in detail.members:
        outcome = member.document_id or (f"left out: {member.skipped.message}" if member.skipped else "")
        terminal.print(Text(f"  {plain(member.name)}  {outcome}"))
    terminal.print(Text("events", style="bold"))
    for event in detail.events:
        terminal.print(Text(f"  {event.time.astimezone():%H:%M:%S}  {event.type}  {event.id}"))
        if event.id in detail.refused:
            terminal.print(Text(f"            the topic refuses it: {plain(detail.refused[event.id])}", style="red"))


def _waiting(detail: DocumentDetail) -> Text | None:
    """Return why the document waits, since when, how often it was deferred, and when it is tried again."""
    note = detail.waiting
    if note is None:
        return None
    since, until = (f"{time.astimezone():%Y-%m-%d %H:%M:%S}" for time in (note.since, note.until))
    tries = f"deferred {note.deferrals} times" if note.deferrals > 1 else "deferred once"
    return Text(f"{plain(note.message)} ({note.code}; step {note.stage}, {tries} since {since}; next try {until})")


def _print_result(terminal: Console, result: Result) -> None:
    table = Table("field", "value", "confidence", "page", "read from", box=None, header_style="bold", pad_edge=False)
    for name, field in result.fields.items():
        if field.rows:
            table.add_row(name, f"{len(field.rows)} rows", _confidence(field.confidence), _pages(field.evidence), "")
            for row in field.rows:
                cells = ", ".join(f"{key} {value}" for key, value in row.cells.items() if value is not None)
                table.add_row(f"  {row.id}", _short(cells), _confidence(row.confidence), _pages(row.evidence), "")
        else:
            text = " / ".join(place.text for place in field.evidence)
            value = "" if field.value is None else _short(str(field.value))
            table.add_row(name, value, _confidence(field.confidence), _pages(field.evidence), _short(text))
    terminal.print(table)
    for name, field in result.fields.items():
        if field.verdict and field.verdict.verdict != "supported":
            terminal.print(Text(f"  checked: {name} is {field.verdict.verdict}: {plain(field.verdict.reason)}"))
    for finding in result.findings:
        terminal.print(Text(f"  {finding.severity}: {plain(finding.message)} ({finding.rule})"))
    for correction in result.corrections:
        before, after = plain(str(correction.before)), plain(str(correction.after))
        terminal.print(Text(f"  corrected {plain(correction.field)}: {before} -> {after}"))


def _extent(result: Result) -> str:
    """Return how many pages there are, and on how many values were looked for, if not on all."""
    looked_at = sum(page.extracted for page in result.pages)
    rest = "" if looked_at == len(result.pages) else f", values looked for on {looked_at}"
    return f"{len(result.pages)}{rest}"


def _confidence(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _pages(evidence: tuple[Evidence, ...]) -> str:
    return ", ".join(str(page) for page in sorted({place.page for place in evidence if place.page is not None}))


def _short(text: str) -> Text:
    """Return text of a document on one line, shortened, and without terminal control characters."""
    clean = plain(text.replace("\n", " / "))
    return Text(clean if len(clean) <= _MAX_SHOWN_CHARACTERS else clean[: _MAX_SHOWN_CHARACTERS - 1] + "…")
