"""A trace as a waterfall: a row for each span, with a bar where it stands in time."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from local.collector.waterfall import Trace, TraceSpan
from local.terminal import money

BAR_COLUMNS = 30
_PLAN = "plan"


def print_trace(console: Console, trace: Trace) -> None:
    """Print the spans of a Run in the order of their start, below those that caused them."""
    table = Table(box=None, pad_edge=False)
    for heading, justify in (("span", "left"), ("start", "right"), ("seconds", "right")):
        table.add_column(heading, justify="right" if justify == "right" else "left", no_wrap=True)
    table.add_column("", no_wrap=True)
    table.add_column("")
    for span in trace.spans:
        bar = Text(_bar(span, trace.seconds), style="red" if span.error else "cyan")
        name = "  " * span.depth + span.name
        table.add_row(Text(name), f"{span.start:.3f}", f"{span.duration:.3f}", bar, Text(_note(span)))
    console.print(table)
    calls = f"{trace.model_calls} model call{'' if trace.model_calls == 1 else 's'}"
    tokens = f"{trace.input_tokens:,} + {trace.output_tokens:,} tokens"
    console.print(
        f"run {trace.run} of {trace.document_id}: {trace.seconds:.2f} s, {calls}, {tokens}, {money(trace.cost_usd)}"
    )
    console.print(f"trace {trace.trace_id}")


def _bar(span: TraceSpan, total: float) -> str:
    """Return a line as long as the span is, at its place."""
    scale = BAR_COLUMNS / total if total else 0
    before = min(int(span.start * scale), BAR_COLUMNS - 1)
    length = max(1, min(round(span.duration * scale), BAR_COLUMNS - before))
    return " " * before + "━" * length


def _note(span: TraceSpan) -> str:
    """Return what is worth knowing of a span: task, outcome and its reason, tries, tokens and cost."""
    parts = [span.task] if span.task and span.task != _PLAN else []
    if span.outcome and span.outcome != "done":
        parts.append(f"{span.outcome} ({span.reason})" if span.reason else span.outcome)
    if span.deferrals:
        parts.append(f"attempt {span.deferrals + 1}")
    if span.error:
        parts.append(span.error)
    elif span.input_tokens is not None:
        parts.append(f"{span.input_tokens:,} + {span.output_tokens:,} tokens, {money(span.cost_usd or 0)}")
    return ", ".join(parts)
