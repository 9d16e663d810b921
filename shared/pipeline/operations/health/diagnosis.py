"""Check a deployment from inside: use each service once, with the rights that the app has."""

import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Literal

from shared.domain.base.errors import IntrayError
from shared.domain.base.frozen import Frozen
from shared.domain.models.catalogue import Deployment
from shared.domain.models.model_call import ModelCall, TextPart
from shared.pipeline.context import Context
from shared.pipeline.intake.reconciliation import reconciled_at
from shared.pipeline.operations.health.backlog import POISON_QUEUES, QUEUES
from shared.pipeline.operations.listing import list_documents
from shared.pipeline.operations.type_list import load_type_list
from shared.pipeline.publish.outbox import load_events
from shared.pipeline.store.context import WORK
from shared.pipeline.store.rows.keys import CATALOG, DOCUMENTS

CheckStatus = Literal["ok", "warning", "problem"]

MAX_CLOCK_OFFSET = timedelta(seconds=5)
"""More than that and leases and the ages of messages are off by a noticeable part."""
MAX_TIMER_SILENCE = timedelta(minutes=15)
"""The timer of the comparison runs each minute, and once in a pass through very large containers."""
MAX_EVENT_AGE = timedelta(minutes=15)
"""Age at which an event that is not published yet counts as stuck."""
MAX_MESSAGES = 10_000
"""Messages of a queue from which a backlog is worth a look."""
SAMPLED_DOCUMENTS = 20
_PROBE = "diagnosis"
_ASKED = 'Answer with the JSON object {"ok": true}.'
_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"ok": {"type": "boolean"}},
    "required": ["ok"],
    "additionalProperties": False,
}
_MAX_TOKENS = 512
"""A reasoning model thinks before it answers one word."""


class Check(Frozen):
    """What one check showed; `detail` says what to do about a warning or a problem."""

    name: str
    status: CheckStatus
    detail: str


class Diagnosis(Frozen):
    """The checks of a deployment; `time`: the clock of the storage account, by which the app works."""

    time: datetime
    checks: tuple[Check, ...]


async def diagnose(context: Context, setting_problems: Sequence[str], *, ask_models: bool) -> Diagnosis:
    """Check settings, storage, topic, models, timers, types and clock; nothing is raised for what does not work.

    With `ask_models` each deployment of the catalogue is asked once, outside of documents and their budgets: a request
    of about a hundred tokens.
    """
    checks = [Check(name="settings", status="problem", detail=problem) for problem in setting_problems]
    if not checks:
        checks.append(Check(name="settings", status="ok", detail="complete"))
    attempts = {
        "blobs": partial(_check_blobs, context),
        "tables": partial(_check_tables, context),
        "queues": partial(_check_queues, context),
        "topic": partial(_check_topic, context),
        "timers": partial(_check_timers, context),
        "types": partial(_check_types, context),
    }
    if ask_models:
        for deployment in context.gateway.catalogue.deployments:
            attempts[f"model {deployment.name}"] = partial(_check_model, context, deployment)
    checks += [await _attempt(name, check) for name, check in attempts.items()]
    checks.append(_check_clock(context))
    return Diagnosis(time=context.clock.now(), checks=tuple(checks))


async def _attempt(name: str, check: Callable[[], Awaitable[Check]]) -> Check:
    """Return what a check shows; what a service refuses is a problem, whose message says what to change."""
    try:
        return await check()
    except IntrayError as error:
        return Check(name=name, status="problem", detail=str(error))


async def _check_blobs(context: Context) -> Check:
    """Write, read and delete a blob, and list the containers of uploads."""
    name = f"{_PROBE}/{context.clock.now():%Y%m%dT%H%M%S%f}.json"
    content = b"{}"
    await context.blobs.write(WORK, name, content, "application/json")
    is_same = await context.blobs.read(WORK, name) == content
    await context.blobs.delete(WORK, name)
    for container in context.containers:
        await context.blobs.page(container, size=1)
    if not is_same:
        return Check(name="blobs", status="problem", detail=f"a blob written to {WORK} did not come back as it was")
    return Check(name="blobs", status="ok", detail=f"{WORK} is writable; readable: {', '.join(context.containers)}")


async def _check_tables(context: Context) -> Check:
    await context.records.get(DOCUMENTS, _PROBE, _PROBE)
    await context.records.get(CATALOG, _PROBE, _PROBE)
    return Check(name="tables", status="ok", detail=f"{DOCUMENTS} and {CATALOG} are readable")


async def _check_queues(context: Context) -> Check:
    depths = {queue: await context.queues.depth(queue) for queue in (*QUEUES, *POISON_QUEUES)}
    poisoned = {queue: depths[queue] for queue in POISON_QUEUES if depths[queue]}
    if poisoned:
        detail = f"messages failed for good ({_counts(poisoned)}): see the alert poison-messages in docs/runbook.md"
        return Check(name="queues", status="warning", detail=detail)
    waiting = {queue: depths[queue] for queue in QUEUES if depths[queue]}
    is_long = max(depths.values()) > MAX_MESSAGES
    detail = f"messages waiting: {_counts(waiting)}" if waiting else "no messages wait"
    return Check(name="queues", status="warning" if is_long else "ok", detail=detail)


async def _check_topic(context: Context) -> Check:
    """Say from the events of a sample of documents whether the topic takes them; sending one would disturb others."""
    sample = await list_documents(context, SAMPLED_DOCUMENTS)
    rows = [entry.row for status in sample.items for entry in await load_events(context, status.document.id)]
    refused = sum(row.refused is not None for row in rows)
    stuck = [row for row in rows if row.waiting and context.clock.now() - row.event.time > MAX_EVENT_AGE]
    last = max((row.published for row in rows if row.published is not None), default=None)
    if refused or stuck:
        detail = (
            f"of {len(rows)} events {len(stuck)} wait for over {MAX_EVENT_AGE} and {refused} were refused for good: "
            "check INTRAY_TOPIC_ENDPOINT and the role EventGrid Data Sender"
        )
        return Check(name="topic", status="problem" if stuck else "warning", detail=detail)
    if last is None:
        return Check(name="topic", status="warning", detail="no event was published yet: process a document first")
    return Check(name="topic", status="ok", detail=f"the last event was published at {last:%F %T}Z")


async def _check_timers(context: Context) -> Check:
    """Say from what the comparison of uploads left behind whether timers run."""
    silent = []
    for container in context.containers:
        began = await reconciled_at(context, container)
        if began is None or context.clock.now() - began > MAX_TIMER_SILENCE:
            silent.append(f"{container} ({'never' if began is None else f'since {began:%F %T}Z'})")
    if silent:
        detail = f"uploads are not compared with the table: {', '.join(silent)}. Does the app run, with its timers?"
        return Check(name="timers", status="problem", detail=detail)
    return Check(name="timers", status="ok", detail="uploads are compared with the table")


async def _check_types(context: Context) -> Check:
    listed = await load_type_list(context)
    if listed.problems:
        return Check(name="types", status="warning", detail="; ".join(str(problem) for problem in listed.problems))
    return Check(name="types", status="ok", detail=f"{len(listed.types)} document types are in force")


async def _check_model(context: Context, deployment: Deployment) -> Check:
    call = ModelCall(
        deployment=deployment.name,
        system=_ASKED,
        parts=(TextPart(text=_ASKED),),
        schema_name=_PROBE,
        json_schema=_SCHEMA,
        max_output_tokens=_MAX_TOKENS,
    )
    answer = await context.gateway.models.answer(call, f"{_PROBE}-{context.clock.now():%Y%m%dT%H%M%S}")
    tokens = answer.usage.prompt + answer.usage.completion
    detail = f"{answer.model} answered ({tokens} tokens)"
    if answer.finish != "stop" or not _is_object(answer.text):
        return Check(name=f"model {deployment.name}", status="warning", detail=f"{detail}, but not as asked")
    return Check(name=f"model {deployment.name}", status="ok", detail=detail)


def _check_clock(context: Context) -> Check:
    offset = context.clock.now() - datetime.now(UTC)
    seconds = f"{offset.total_seconds():+.1f} s"
    if abs(offset) > MAX_CLOCK_OFFSET:
        return Check(name="clock", status="warning", detail=f"storage's clock differs from the app's by {seconds}")
    return Check(name="clock", status="ok", detail=f"storage's clock and the app's: {seconds}")


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False


def _counts(depths: dict[str, int]) -> str:
    return ", ".join(f"{queue} {count}" for queue, count in depths.items())
