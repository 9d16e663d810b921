"""The commands that change what an app holds: replay, correct, review, forget, events replay."""

import asyncio
import getpass
import json
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime

import typer

from cli.commands.client import find_document
from cli.deployments.connect import AppTarget, open_api
from local.cloud.addresses import CloudError
from local.cloud.api import Api
from local.terminal import complain, console, plain
from shared.domain.corrections.request import Target, read_target
from shared.domain.documents.result import Result
from shared.domain.documents.run import State
from shared.pipeline.operations.status import DocumentStatus
from shared.pipeline.review.correct import CorrectionRequest
from shared.pipeline.review.review import Decision

USAGE_ERROR = 2
_MAX_FORGET_POLLS, _POLL_SECONDS = 120, 0.5


@dataclass(frozen=True)
class Filter:
    """The documents that are selected besides the named ones: those that match all criteria; none without criteria.

    `reason`: the code of one of the reasons why the Run ended; `prefix`: how the blob's name begins.
    """

    state: State | None = None
    document_type: str | None = None
    reason: str | None = None
    prefix: str | None = None

    def accepts(self, status: DocumentStatus) -> bool:
        """Return whether a document matches. A running one matches only when its state is asked for."""
        if self == Filter() or (self.state is None and not status.run.has_ended):
            return False
        return (
            self.state in {None, status.run.state}
            and self.document_type in {None, status.run.document_type}
            and (self.reason is None or self.reason in {reason.code for reason in status.run.reasons})
            and status.document.name.startswith(self.prefix or "")
        )


async def replay(references: Sequence[str], also: Filter, force: bool, target: AppTarget) -> int:
    """Start a new Run of the named documents, and of all that `also` accepts; return 1 when one could not be."""

    async def again(client: Api, document_id: str) -> str:
        run = await client.replay(document_id, force=force)
        return f"run {run.number} has begun"

    return await _apply_to_each(references, also, again, target)


async def correct(reference: str, assignments: Sequence[str], target: AppTarget) -> int:
    """Change values of a final result, given as `field=value` (nothing after the sign: no value); 1 when refused.

    A field may be named by a JSON Pointer: `/fields/<table>/<row id>/<column>` is a cell, `/fields/<table>/-` a new row
    (its value is a JSON object), `/fields/<table>/<row id>` a row, which nothing after the sign removes.
    """
    texts = _read_assignments(assignments)

    async def change(client: Api, document_id: str) -> str:
        detail = await client.detail(document_id)
        if detail is None:
            raise CloudError(f"There is no document {document_id!r} any more.")
        values = _read_values(texts, detail.result)
        request = CorrectionRequest(run=detail.run.number, revision=detail.run.revision, fields=values)
        result = await client.correct(document_id, request)
        return f"corrected: {', '.join(sorted(values))} (revision {result.revision})"

    return await _apply_to_each([reference], Filter(), change, target)


async def review(reference: str, assignments: Sequence[str], reject: bool, target: AppTarget) -> int:
    """Clear a case: accept its draft with these values, written as for `correct`, or reject it; 1 when refused."""
    texts = _read_assignments(assignments)

    async def clear(client: Api, document_id: str) -> str:
        task = await client.claim(document_id, getpass.getuser())
        token = task.lease.token if task.lease else 0
        detail = await client.detail(document_id)
        values = _read_values(texts, detail.result if detail else None)
        decision = Decision(token=token, disposition="REJECT" if reject else "ACCEPT", corrections=values)
        try:
            result = await client.complete(document_id, decision)
        except CloudError:
            await client.release(document_id, token)
            raise
        return f"{result.disposition}: {len(result.corrections)} corrections"

    return await _apply_to_each([reference], Filter(), clear, target)


def _read_assignments(assignments: Sequence[str]) -> dict[str, str | None]:
    """Return the texts of `field=value` by field, None for nothing after the sign; raises CloudError."""
    parts = [assignment.partition("=") for assignment in assignments]
    for name, sign, _ in parts:
        if not (name and sign):
            raise CloudError(f"{name!r} says no value: write FIELD=VALUE, such as total=119.00")
    return {name.strip(): value or None for name, _, value in parts}


def _read_values(texts: Mapping[str, str | None], result: Result | None) -> dict[str, object]:
    """Return the values that a command line states for a result."""
    fields = result.fields if result else {}
    tables = {name for name, field in fields.items() if isinstance(field.value, list)}
    return {name: _read_value(name, text, tables) for name, text in texts.items()}


def _read_value(name: str, text: str | None, tables: AbstractSet[str]) -> object:
    """Return the value that a command line states: rows and tables as JSON, everything else as the text it is."""
    target = read_target(name) or Target(name)
    if text is None or target.field not in tables or target.column is not None:
        return text
    try:
        value: object = json.loads(text)
    except ValueError:
        return text  # the API refuses it, and says what a table or a row takes
    return value


async def forget(references: Sequence[str], confirmed: bool, target: AppTarget) -> int:
    """Delete everything about the named documents and wait until nothing is left; 1 when one could not be.

    Unless `confirmed` it asks first: 1 when the answer is no, 2 when nobody can answer.
    """
    if not confirmed:
        if not sys.stdin.isatty():
            complain("forget deletes for good and cannot ask without a terminal: repeat it with --yes")
            return USAGE_ERROR
        references = await _list_to_forget(references, target)
        if not await asyncio.to_thread(typer.confirm, "Delete everything about them for good?"):
            console().print("Nothing was deleted.")
            return 1

    async def away(client: Api, document_id: str) -> str:
        await client.forget(document_id)
        for _ in range(_MAX_FORGET_POLLS):
            if await client.detail(document_id) is None:
                return "forgotten"
            await asyncio.sleep(_POLL_SECONDS)
        return "its files are deleted; its record follows once the event topic has taken the `deleted` event"

    return await _apply_to_each(references, Filter(), away, target)


async def _list_to_forget(references: Sequence[str], target: AppTarget) -> list[str]:
    """Print what the references mean, and return the ids; raises CloudError when one means no document."""
    async with open_api(target) as client:
        documents = [(await find_document(client, reference)).document for reference in references]
    for document in documents:
        console().print(f"{document.id}  {plain(document.title)}", markup=False, soft_wrap=True)
    return [document.id for document in documents]


async def replay_events(since: datetime, target: AppTarget) -> int:
    """Publish again every event since a time."""
    async with open_api(target) as client:
        count = await client.replay_events(since)
    console().print(f"{count} events are published again, with the ids they had.")
    return 0


async def _apply_to_each(
    references: Sequence[str], also: Filter, act: Callable[[Api, str], Awaitable[str]], target: AppTarget
) -> int:
    """Act on each document and print the outcome; an error with one does not stop the others."""
    failed = 0
    async with open_api(target) as client:
        selected = list(references)
        if also != Filter():
            selected += [status.document.id for status in await client.documents() if also.accepts(status)]
        for reference in selected:
            try:
                document = (await find_document(client, reference)).document
                outcome = await act(client, document.id)
            except CloudError as error:
                complain(str(error))
                failed = 1
            else:
                console().print(f"{document.id}  {plain(document.title)}  {outcome}", markup=False, soft_wrap=True)
    if not selected:
        options = "--state-is, --type, --reason or --name"
        complain(
            f"no document was named: name some, or choose them with {options}"
            if also == Filter()
            else f"no document fits {options} as given: `intray status` lists the documents"
        )
        return 1
    return failed
