"""Report one step of a stage: its span, its time, and how it ended; hide messages of errors from the platform's log."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from opentelemetry.trace import Span

from shared import telemetry
from shared.domain.base.errors import IntrayError
from shared.telemetry import metrics, traces

Outcome = Literal["done", "deferred", "continued", "failed", "crashed"]


class Crashed(Exception):
    """An error that nobody expected, by its type and place: its message may quote a document, and is logged nowhere."""


@dataclass
class StepReport:
    """How a step ended; whoever runs the step changes it. `reason`: a code."""

    span: Span
    outcome: Outcome = "done"
    reason: str = ""

    def end_as(self, outcome: Outcome, reason: str) -> None:
        """Note how the step ended, and why."""
        self.outcome, self.reason = outcome, reason


@contextmanager
def observe_step(queue: str, run: traces.RunKey, parent: str, task: str, deferrals: int) -> Iterator[StepReport]:
    """Record a block as a step for a message of `queue`, in the trace of its Run."""
    started = time.monotonic()
    fields: dict[str, traces.Value] = {
        telemetry.STAGE: queue,
        telemetry.TASK: task,
        telemetry.DEFERRALS: deferrals,
    }
    with traces.run_span(queue, run, parent, fields) as span:
        step = StepReport(span)
        try:
            yield step
        except BaseException as error:
            step.end_as("crashed", type(error).__name__)
            raise
        finally:
            span.set_attribute(telemetry.OUTCOME, step.outcome)
            if step.reason:
                span.set_attribute(telemetry.REASON, step.reason)
            labels = {telemetry.STAGE: queue, telemetry.OUTCOME: step.outcome}
            metrics.STAGE_DURATION.record(time.monotonic() - started, labels)


@contextmanager
def hide_message() -> Iterator[None]:
    """Raise Crashed in place of an error: the platform logs what a function raises, message, causes and all.

    Errors of our own hold no content: they are raised, without their causes.
    """
    try:
        yield
    except IntrayError as error:
        raise error from None
    except Exception as error:  # noqa: BLE001 - whatever it is goes on to the platform, which retries
        raise Crashed(f"{type(error).__name__} ({telemetry.place_of(error)})") from None
