"""No content reaches what is exported or logged: a canary in all content, through success and every failure.

tests/e2e/test_canary.py does the same with the real worker, the SDKs and files.
"""

import json
import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import azure.functions as func
import pytest

from functions.poison import give_up_or_return
from functions.steps import run_stage
from shared import telemetry
from shared.domain.base.errors import Throttled, Unreadable
from shared.domain.documents.task import StageMessage
from shared.domain.models.model_call import ModelAnswer, ModelCall, Usage
from shared.pipeline.extract.extract import extract
from shared.pipeline.operations.backlog import measure_backlog
from shared.pipeline.operations.replay import replay
from shared.pipeline.review.review import Decision, claim, complete
from shared.telemetry import traces
from shared.testing.builders.pages import text_page
from tests.support.captured_telemetry import Captured, capture
from tests.support.pipeline.world import ANSWERS, NOTE, PAGE, World, answering, make_world

CANARY = "KANARI-7F3A91"
CANARY_PAGE = text_page(1, PAGE[0], f"Note no. {CANARY}", "Apples 3.50")
CLEAR_PAGE = text_page(1, PAGE[0], f"Note no. {CANARY}", *PAGE[2:])
TYPE = NOTE.model_copy(update={"description": f"Notes as {CANARY} writes them"})
READ = ANSWERS["extract_note"] | {"number": {"value": CANARY, "lines": ["p1.l2"]}}


class Evidence:
    """What was exported, logged, and raised to the platform."""

    def __init__(self, captured: Captured, log: pytest.LogCaptureFixture) -> None:
        self.captured, self._log = captured, log
        self.raised: list[str] = []

    def find(self, text: str) -> list[str]:
        """The lines that hold a text, in any of its usual spellings."""
        lines = [*self.captured.everything().splitlines(), *self._log.text.splitlines(), *self.raised]
        escaped = {ascii(text).strip("'"), json.dumps(text).strip('"'), text.encode().decode("latin-1")}
        spellings = {text, text.lower(), *escaped}
        return [line for line in lines if any(spelling in line or spelling in line.lower() for spelling in spellings)]

    async def raise_to_the_platform(self, world: World, queue: str, message: StageMessage, step: Any) -> None:
        """Let a step fail as the platform would see it: with its traceback."""
        try:
            await run_stage(queue, func.QueueMessage(body=message.model_dump_json().encode()), step)
        except Exception as error:  # noqa: BLE001 - whatever reaches the platform
            self.raised.append("".join(traceback.format_exception(error)))


@contextmanager
def observed(caplog: pytest.LogCaptureFixture) -> Iterator[Evidence]:
    """Everything that a block exports, logs at any level, or raises to the platform."""
    caplog.set_level(logging.DEBUG)
    with capture() as captured:
        evidence = Evidence(captured, caplog)
        yield evidence


async def succeed(evidence: Evidence) -> None:
    """A document goes to a person, who corrects it; then it is processed again. Another is accepted."""
    world = make_world(pages=[CANARY_PAGE], script=answering(extract_note=READ), types=[TYPE])
    document_id = await world.drop(f"note/{CANARY}.pdf", f"%PDF {CANARY}".encode())
    await world.settle()
    case = await claim(world.context, document_id, "anna")
    assert case.lease is not None
    decision = Decision(token=case.lease.token, corrections={"number": f"{CANARY}-2"})
    await complete(world.context, document_id, decision)
    await world.settle()
    await replay(world.context, document_id)
    await world.settle()
    clear = make_world(pages=[CLEAR_PAGE], script=answering(extract_note=READ), types=[TYPE])
    await clear.drop(f"note/{CANARY}.pdf")
    await clear.settle()
    await measure_backlog(world.context)
    assert evidence.captured is not None


async def be_refused(evidence: Evidence) -> None:
    """A model that is busy, then answers what is no JSON, what does not fit, and what is cut off."""
    replies: list[Any] = [
        Throttled("busy", timedelta(seconds=1)),
        ModelAnswer(text=f"I read {CANARY}", finish="stop", model="see", usage=Usage(prompt=9, completion=9)),
        {"number": CANARY},
        ModelAnswer(text=f'{{"number": {{"value": "{CANARY}', finish="length", model="see", usage=Usage(completion=1)),
    ]

    def respond(_: ModelCall) -> Any:
        reply = replies.pop(0) if replies else READ
        if isinstance(reply, Exception):
            raise reply
        return reply

    world = make_world(pages=[CANARY_PAGE], script=answering(extract_note=respond))
    for name in "abc":
        await world.drop(f"note/{name}-{CANARY}.pdf", f"%PDF {name} {CANARY}".encode())
        await world.settle()
    assert [] == replies
    assert evidence.captured is not None


async def crash(evidence: Evidence, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unexpected error that quotes the document, again and again, until its message is given up."""

    def respond(_: ModelCall) -> Any:
        raise ValueError(f"cannot read {CANARY}") from LookupError(f"no field {CANARY}")

    world = make_world(pages=[CANARY_PAGE], script=answering(extract_note=respond))
    monkeypatch.setattr("functions.steps.load_context", lambda: world.context)
    monkeypatch.setattr("functions.poison.load_context", lambda: world.context)
    document_id = await world.drop(f"note/{CANARY}.pdf")
    while not world.queues.bodies("extract"):
        assert await world.step()
    message = StageMessage(document_id=document_id)
    await evidence.raise_to_the_platform(world, "extract", message, extract)
    await give_up_or_return("extract", func.QueueMessage(body=message.model_dump_json().encode()))
    assert "failed" == (await world.run(document_id)).state


async def fail(evidence: Evidence) -> None:
    """A file that cannot be read, and one whose name is the canary."""

    def pages(_: bytes) -> Any:
        raise Unreadable("damaged", "The file is damaged: repair it.")

    world = make_world(pages=pages)
    await world.drop(f"note/{CANARY}.pdf")
    await world.settle()
    assert evidence.captured is not None


async def test_no_content_is_exported_logged_or_raised(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Text, prompt, answer, correction and file name, in success, refusal, malformed answer, failure and poison."""
    with observed(caplog) as evidence:
        await succeed(evidence)
        await be_refused(evidence)
        await crash(evidence, monkeypatch)
        await fail(evidence)
    assert [] == evidence.find(CANARY)
    (raised,) = evidence.raised
    assert raised.splitlines()[-1].startswith("shared.telemetry.steps.Crashed: ValueError (test_canary.py:")
    names = {span.name for span in evidence.captured.spans}
    assert {traces.ROOT, "intake", "extract", "validate", "decide", "publish", "chat see", "chat think"} <= names
    outcomes = {(span.attributes or {}).get(telemetry.OUTCOME) for span in evidence.captured.spans}
    assert {"done", "deferred", "failed", "crashed"} <= outcomes
    assert all(map(evidence.captured.points, ["intray.documents", "intray.poison", "intray.queue.age"]))


@pytest.mark.parametrize("leak", ["span", "error", "metric", "event", "logger", "platform"])
async def test_the_search_finds_what_leaks(leak: str, caplog: pytest.LogCaptureFixture) -> None:
    """The positive control: each way by which content could get out is searched."""
    from shared.telemetry import metrics

    with observed(caplog) as evidence:
        match leak:
            case "span":
                with traces.span("step", {telemetry.REASON: f"cannot read {CANARY}"}):
                    pass
            case "error":
                with traces.span("step", {}) as span:
                    span.record_exception(ValueError(CANARY))
            case "metric":
                metrics.POISON.add(1, {telemetry.STAGE: CANARY})
            case "event":
                telemetry.report("step_failed", {telemetry.REASON: CANARY})
            case "logger":
                logging.getLogger("some.library").debug("body: %s", CANARY)
            case "platform":
                evidence.raised.append(f"ValueError: {CANARY}")
    assert evidence.find(CANARY)
