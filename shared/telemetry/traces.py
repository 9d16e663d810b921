"""Spans: one trace for each Run, whatever workers, queues and sweeps its steps pass.

The ids of the trace and of its root span are computed from the Document's id and the number of the Run. So every step
finds its trace without storage: also one whose message was sent by a sweep, or by a version that knew no traces. The
`traceparent` in messages adds which step sent them. docs/decisions/0039-one-trace-for-each-run.md has the reasons.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import NamedTuple

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import Link, NonRecordingSpan, Span, SpanContext, SpanKind, StatusCode, TraceFlags
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from shared import telemetry

ROOT = "document"
"""The name of the span of a whole Run."""
_TRACEPARENT = "traceparent"
_NANOSECONDS = 1_000_000_000

type RunKey = tuple[str, int]
"""The Document's id and the number of the Run."""
type Value = str | bool | int | float | Sequence[str]


class SpanIds(NamedTuple):
    """The ids of a trace and of its root span."""

    trace_id: int
    span_id: int


_tracer = trace.get_tracer("intray")
_propagator = TraceContextTextMapPropagator()
_root_ids: ContextVar[SpanIds | None] = ContextVar("_root_ids", default=None)
_sampling: list[Callable[[int], bool]] = [lambda _: True]


def sample_by(is_sampled: Callable[[int], bool]) -> Callable[[int], bool]:
    """Decide by `is_sampled`, given a trace id, whether the steps of a Run are recorded; return what decided before."""
    before, _sampling[0] = _sampling[0], is_sampled
    return before


def ids_of_run(document_id: str, run: int) -> SpanIds:
    """Return the ids of the trace of a Run, always the same."""
    digest = hashlib.sha256(f"{document_id}/{run}".encode()).digest()
    return SpanIds(int.from_bytes(digest[:16]), int.from_bytes(digest[16:24]))


def root_ids() -> SpanIds | None:
    """Return the ids that the span started at this moment must have; None: random ones."""
    return _root_ids.get()


def is_of_run(document_id: str, run: int) -> bool:
    """Return whether the current span is recorded and belongs to the trace of a Run."""
    current = trace.get_current_span()
    return current.is_recording() and current.get_span_context().trace_id == ids_of_run(document_id, run).trace_id


def traceparent(document_id: str, run: int) -> str:
    """Return the W3C trace parent for a message to a Run; empty where the sender is not a step of the same Run."""
    carrier: dict[str, str] = {}
    if is_of_run(document_id, run):
        _propagator.inject(carrier)
    return carrier.get(_TRACEPARENT, "")


@contextmanager
def span(
    name: str,
    attributes: Mapping[str, Value],
    kind: SpanKind = SpanKind.INTERNAL,
    context: Context | None = None,
    links: Sequence[Link] = (),
) -> Iterator[Span]:
    """Record a block as a span; of an error its type is recorded, never its message or stack trace."""
    with _tracer.start_as_current_span(
        name,
        context=context,
        kind=kind,
        attributes=attributes,
        links=links,
        record_exception=False,
        set_status_on_exception=False,
    ) as current:
        try:
            yield current
        except BaseException as error:
            current.set_attribute(telemetry.ERROR_TYPE, type(error).__name__)
            current.set_status(StatusCode.ERROR)
            raise


@contextmanager
def run_span(name: str, run: RunKey, parent: str, attributes: Mapping[str, Value]) -> Iterator[Span]:
    """Record a step of a Run, as child of the step in the trace parent `parent` or of the Run's root.

    It is linked with the platform's span of the invocation, which the worker has made the current one.
    """
    invocation = trace.get_current_span().get_span_context()
    ids = ids_of_run(*run)
    links = [Link(invocation)] if invocation.is_valid and invocation.trace_id != ids.trace_id else []
    with span(name, _with_run(run, attributes), context=_context_of(ids, parent), links=links) as current:
        yield current


def record_run(run: RunKey, started: datetime, ended: datetime, attributes: Mapping[str, Value]) -> None:
    """Record the root span of a Run that reached its outcome."""
    token = _root_ids.set(ids_of_run(*run))
    try:
        root = _tracer.start_span(
            ROOT, context=Context(), attributes=_with_run(run, attributes), start_time=_nanoseconds(started)
        )
    finally:
        _root_ids.reset(token)
    root.end(_nanoseconds(ended))


def record_time(name: str, run: RunKey, started: datetime, ended: datetime, attributes: Mapping[str, Value]) -> None:
    """Record a time between two moments as a child of the root span of a Run."""
    context, fields = _context_of(ids_of_run(*run), ""), _with_run(run, attributes)
    _tracer.start_span(name, context, attributes=fields, start_time=_nanoseconds(started)).end(_nanoseconds(ended))


def _with_run(run: RunKey, attributes: Mapping[str, Value]) -> dict[str, Value]:
    return {telemetry.DOCUMENT_ID: run[0], telemetry.RUN: run[1], **attributes}


def _context_of(ids: SpanIds, parent: str) -> Context:
    """Return the context of a step: that of the trace parent if it is of the same trace, else that of the root."""
    remote = trace.get_current_span(_propagator.extract({_TRACEPARENT: parent}, Context())).get_span_context()
    if not remote.is_valid or remote.trace_id != ids.trace_id:
        flags = TraceFlags(TraceFlags.SAMPLED if _sampling[0](ids.trace_id) else TraceFlags.DEFAULT)
        remote = SpanContext(*ids, is_remote=True, trace_flags=flags)
    return trace.set_span_in_context(NonRecordingSpan(remote), Context())


def _nanoseconds(moment: datetime) -> int:
    return int(moment.timestamp() * _NANOSECONDS)
