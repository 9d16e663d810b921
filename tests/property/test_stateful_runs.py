"""Anything may happen to a Document, in any order: whatever did, it ends once, is told once and is paid for once.

Short and always the same by default; profiles.py says how to search on.
"""

import contextlib
import sys
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from functions.steps import run_step
from shared.domain.base.errors import StillRunning, Unavailable, UnknownDocument, Unreadable
from shared.domain.documents.review import NotHolder, ReviewTask
from shared.domain.documents.run import State
from shared.domain.models.model_call import ModelCall
from shared.pipeline.intake.ingest import receive
from shared.pipeline.operations.replay import replay
from shared.pipeline.operations.sweep import sweep
from shared.pipeline.publish.forget import forget
from shared.pipeline.publish.publish import republish
from shared.pipeline.review import review
from shared.pipeline.review.review import CaseClosed, Decision, UnknownCase
from shared.ports.reading import SourcePage
from shared.testing.builders.pages import text_page
from tests.property.profiles import SECONDS, search
from tests.support.pipeline.trial import Trial
from tests.support.pipeline.workers import Fault
from tests.support.pipeline.world import ANSWERS, PAGE, STEPS, answering, quoted_pages

NAMES = ("note/a.pdf", "note/b.pdf", "c.pdf")
FILES = (b"%PDF clear", b"%PDF long", b"%PDF doubtful", b"%PDF dubious", b"%PDF broken", b"%PDF strange")
TURNED_AWAY = (StillRunning, UnknownDocument, UnknownCase, CaseClosed, NotHolder)
"""What a person is told who asks for something that is not (or no longer) to be had."""

pick = st.integers(0, 20)
faults = st.sampled_from(Fault)
at = st.sampled_from([0, 0, 1, 1, 2, 2, 3, 4, 5, 7])


def _pages(data: bytes) -> Sequence[SourcePage]:
    if data == b"%PDF broken":
        raise Unreadable("unreadable", "the file is broken")
    first = {
        b"%PDF doubtful": ("Delivery note",),
        b"%PDF dubious": ("Delivery note", "Total 3.50"),
        b"%PDF strange": ("Once upon a time",),
    }.get(data, PAGE)
    more = 4 if data == b"%PDF long" else 0
    return [text_page(1, *first), *(text_page(page, f"Item {page} 1.00") for page in range(2, 2 + more))]


def _fields(call: ModelCall) -> Any:
    pages = quoted_pages(call)
    rows = [{"what": f"Item {page}", "price": 1.0, "lines": [f"p{page}.l1"]} for page in pages if page > 1]
    absent: dict[str, object] = {"value": None, "lines": []}
    long = ANSWERS["extract_note"] | {"rows": rows, "total": absent}
    return ANSWERS["extract_note"] if pages == [1] else long if 1 in pages else long | {"number": absent}


def _kind(call: ModelCall) -> Any:
    strange = any("Once upon" in getattr(part, "text", "") for part in call.parts)
    return {"document_type": "unknown" if strange else "note", "lines": []}


def _one_of[T](things: Sequence[T], pick: int) -> T:
    return things[pick % len(things)]


class Intray(RuleBasedStateMachine):
    """Everything that people, the platform, models and bad luck do to Intray."""

    def __init__(self) -> None:
        super().__init__()
        self.trial = Trial(_pages, answering(extract_note=_fields, classify_document=_kind))
        self.world = self.trial.world
        self.leases: list[tuple[str, int]] = []

    @initialize(
        files=st.tuples(*[st.sampled_from([None, *FILES])] * len(NAMES)), settled=st.sampled_from([True, True, False])
    )
    def open(self, files: Sequence[bytes | None], settled: bool) -> None:
        """Some files are there from the beginning, most often with an outcome."""
        for name, data in zip(NAMES, files, strict=True):
            if data is not None:
                self.upload(name, data, told=True)
        if settled:
            self.trial.runner.run(self.world.settle())
            self.wait(310)
            self.sweep(Fault.NONE, 0)

    # --- what people do

    @rule(name=st.sampled_from(NAMES), data=st.sampled_from(FILES), told=st.sampled_from([True, True, False]))
    def upload(self, name: str, data: bytes, told: bool) -> None:
        """Upload a file, a copy or a new version; its event comes at once, or when `tell` tells it."""
        self.trial.runner.run(self.world.blobs.write("incoming", name, data, "application/pdf"))
        if told:
            self.tell(name, Fault.NONE, 0)

    @rule(name=st.sampled_from(NAMES))
    def delete(self, name: str) -> None:
        """Delete an upload."""
        self.trial.runner.run(self.world.blobs.delete("incoming", name))

    @rule(name=st.sampled_from(NAMES), fault=faults, at=at)
    def tell(self, name: str, fault: Fault, at: int) -> None:
        """Tell the blob event: for the first time, again, or late."""
        done, document = self.trial.employ(fault, at, lambda: receive(self.world.context, "incoming", name))
        if done:
            self.trial.announced.add(str(document))

    @precondition(lambda self: self.trial.documents())
    @rule(pick=pick, force=st.booleans(), fault=faults, at=at)
    def replay(self, pick: int, force: bool, fault: Fault, at: int) -> None:
        """Ask for another Run of a Document, of some state."""
        document = _one_of(self.trial.documents(), pick)
        self.trial.employ(fault, at, lambda: replay(self.world.context, document, force=force), *TURNED_AWAY)

    @precondition(lambda self: self.trial.versions())
    @rule(pick=pick, fault=faults, at=at)
    def forget(self, pick: int, fault: Fault, at: int) -> None:
        """Ask to forget a Document, of some state, that nobody is working on."""
        self.trial.end_stalls()
        if not self.trial.versions():
            return
        document = _one_of(self.trial.versions(), pick)
        self.trial.employ(fault, at, lambda: forget(self.world.context, document), *TURNED_AWAY)

    @precondition(lambda self: self.trial.documents(State.IN_REVIEW))
    @rule(pick=pick, holder=st.sampled_from(["Ada", "Bob"]), fault=faults, at=st.integers(0, 1))
    def claim(self, pick: int, holder: str, fault: Fault, at: int) -> None:
        """Take a case."""
        document = _one_of(self.trial.documents(State.IN_REVIEW), pick)
        token = next((token for leased, token in reversed(self.leases) if leased == document), None)
        work = lambda: review.claim(self.world.context, document, holder, token)  # noqa: E731 - one line says it
        done, task = self.trial.employ(fault, at, work, *TURNED_AWAY)
        if done and isinstance(task, ReviewTask) and task.lease:
            self.leases.append((document, task.lease.token))

    @precondition(lambda self: self.trial.documents(State.IN_REVIEW))
    @rule(pick=pick, fault=faults, at=st.integers(0, 5))
    def close(self, pick: int, fault: Fault, at: int) -> None:
        """Take a case and close it at once."""
        self.claim(pick, "Ada", Fault.NONE, 0)
        if self.leases:
            self.complete(len(self.leases) - 1, "ACCEPT", fault, at)

    @precondition(lambda self: self.leases)
    @rule(pick=pick, disposition=st.sampled_from(["ACCEPT", "REJECT"]), fault=faults, at=at)
    def complete(self, pick: int, disposition: Any, fault: Fault, at: int) -> None:
        """Close a case, with a lease that may have ended."""
        document, token = _one_of(self.leases, pick)
        decision = Decision(token=token, disposition=disposition)
        self.trial.employ(fault, at, lambda: review.complete(self.world.context, document, decision), *TURNED_AWAY)

    @rule(fault=faults, at=at)
    def republish(self, fault: Fault, at: int) -> None:
        """Ask for the events of the last hour again."""
        since = self.world.clock.now() - timedelta(hours=1)
        self.trial.employ(fault, at, lambda: republish(self.world.context, since))

    # --- what the platform does

    @precondition(lambda self: self.trial.messages())
    @rule(pick=pick, acknowledged=st.booleans(), fault=faults, at=at)
    def deliver(self, pick: int, acknowledged: bool, fault: Fault, at: int) -> None:
        """Deliver any message that is due; unless acknowledged, it will come again."""
        queue, body = _one_of(self.trial.messages(), pick)
        work = lambda: run_step(self.world.context, queue, body.encode(), STEPS[queue])  # noqa: E731 - one line says it
        done, _ = self.trial.employ(fault, at, work)
        if done and acknowledged:
            with contextlib.suppress(ValueError):  # a worker that stalled had the same message
                self.world.queues.remove(queue, body)

    @precondition(lambda self: self.trial.messages())
    @rule()
    def deliver_all(self) -> None:
        """A quiet minute."""
        self.trial.runner.run(self.world.settle() if self.world.events.failure is None else self.world.step())

    @rule(fault=faults, at=at)
    def sweep(self, fault: Fault, at: int) -> None:
        """The timer fires, whether or not the last sweep is still at work."""
        self.trial.employ(fault, at, lambda: sweep(self.world.context))

    @precondition(lambda self: self.trial.stalled)
    @rule(pick=pick, alive=st.booleans())
    def go_on(self, pick: int, alive: bool) -> None:
        """A stalled worker goes on, or is killed."""
        self.trial.go_on(_one_of(self.trial.stalled, pick), alive=alive)

    @rule(seconds=st.sampled_from([1, 10, 40, 310, 4000]))
    def wait(self, seconds: int) -> None:
        """Time goes by; nobody stalls for longer than the sweeper waits."""
        if seconds > 100:
            self.trial.end_stalls()
        self.world.clock.advance(timedelta(seconds=seconds))

    # --- what others do

    @rule(change=st.sampled_from(["models are busy", "topic goes away", "topic comes back"]))
    def weather(self, change: str) -> None:
        """The models are busy for the next few calls, or the topic goes or comes."""
        if change == "models are busy":
            self.world.models.throttle(3, timedelta(seconds=20))
        else:
            self.world.events.failure = Unavailable("the topic is away") if change == "topic goes away" else None

    # --- what must hold

    @invariant()
    def every_moment_is_legal(self) -> None:
        """No moment shows what may never be."""
        self.trial.look()

    def teardown(self) -> None:
        """Let everything come to rest, and look at it from the outside."""
        try:
            if sys.exception() is None:
                self.trial.come_to_rest(NAMES)
                self.trial.look_back()
        finally:
            self.trial.close()


TestIntray = pytest.mark.timeout(SECONDS)(Intray.TestCase)
TestIntray.settings = search(examples=200, steps=40)
