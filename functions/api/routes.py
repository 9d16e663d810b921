"""HTTP endpoints: health, types, documents, replay, correction, deletion, review."""

from collections.abc import Awaitable, Callable
from copy import replace
from typing import Any, Self

import azure.functions as func
from pydantic import AwareDatetime, BaseModel, Field, TypeAdapter

from functions.api.endpoint import endpoint
from functions.api.paging import malformed_parameter, read_cursor, read_limit, write_cursor
from functions.api.problems import MalformedRequest
from functions.api.replies import read_body
from shared import bootstrap
from shared.bootstrap_triggers import setting_problems
from shared.domain.base.errors import UnknownDocument
from shared.domain.documents.result import Result
from shared.domain.documents.review import CaseView, case_view
from shared.domain.documents.run import State
from shared.domain.identity.principal import MAX_NAME_LENGTH, Principal
from shared.pipeline.context import Context
from shared.pipeline.operations.health.diagnosis import diagnose
from shared.pipeline.operations.listing import (
    CasePosition,
    DocumentFilter,
    Page,
    list_cases,
    list_documents,
    list_events,
    list_history,
    list_types,
)
from shared.pipeline.operations.replay import replay
from shared.pipeline.operations.status import load_detail
from shared.pipeline.publish.forget import forget
from shared.pipeline.publish.publish import republish
from shared.pipeline.review import review
from shared.pipeline.review.correct import CorrectionRequest, correct
from shared.pipeline.review.corrections import with_row_ids

blueprint = func.Blueprint()
_TEXT = TypeAdapter(str)
_CASE_POSITION = TypeAdapter(CasePosition)


type LoadPage = Callable[[Context, str, int, str | None], Awaitable[Page[Any, str]]]
"""Loads a page of a document's list: by its id, at most so many items, behind a position."""


class DiagnosisRequest(BaseModel):
    """The body of a diagnosis: whether each model deployment is asked once, which costs about a hundred tokens."""

    ask_models: bool = False


class ReplayRequest(BaseModel):
    """The body of a replay: whether it should run although equal content has a result."""

    force: bool = False


class EventReplayRequest(BaseModel):
    """The body of an event replay: from when on; with its time zone."""

    since: AwareDatetime


class ListPage(BaseModel):
    """A page of a list, and the cursor of the next one."""

    items: list[object]
    next: str | None

    @classmethod
    def of(cls, list_name: str, page: Page[Any, Any]) -> Self:
        """Return the response body for a page of the list `list_name`."""
        return cls(items=page.items, next=None if page.next is None else write_cursor(list_name, page.next))


class ClaimRequest(BaseModel):
    """The body of a claim. `token` renews a lease that the caller has.

    `holder`: who takes the case; asked of callers with a function key, which many may share. Others are known by name.
    """

    holder: str | None = Field(
        default=None,
        max_length=MAX_NAME_LENGTH,
        pattern=r"^[^\x00-\x1f\x7f]*[^\x00-\x20\x7f][^\x00-\x1f\x7f]*$",
    )
    token: int | None = None


class ReleaseRequest(BaseModel):
    """The body of a release: the lease's token."""

    token: int


class Case(BaseModel):
    """A case for a reviewer: the task and the draft result. A lease is shown without its token."""

    task: CaseView
    result: Result


@endpoint(blueprint, "GET", "health")
async def health(_req: func.HttpRequest, _caller: Principal) -> object:
    """Return whether the app runs and its settings are complete (it raises otherwise), and where its source is."""
    names = sorted(await bootstrap.context().types.current_types())
    return {"status": "ok", "document_types": names, "source": bootstrap.source_url()}


@endpoint(blueprint, "POST", "diagnosis")
async def diagnosis(req: func.HttpRequest, _caller: Principal) -> object:
    """Check settings, storage, topic, timers, types, clock, and models on request: body {"ask_models": true}."""
    request = read_body(req, DiagnosisRequest)
    return await diagnose(bootstrap.context(), setting_problems(), ask_models=request.ask_models)


@endpoint(blueprint, "GET", "types")
async def document_types(req: func.HttpRequest, _caller: Principal) -> object:
    """Return a page of the document types in force, and what is wrong with folders in the container of types."""
    after = read_cursor(req, "types", _TEXT.validate_python)
    listing, last = await list_types(bootstrap.context(), read_limit(req), after)
    return {"types": listing.types, "problems": listing.problems, "next": last and write_cursor("types", last)}


@endpoint(blueprint, "GET", "documents")
async def status(req: func.HttpRequest, _caller: Principal) -> object:
    """Return a page of the documents with their state, by id; query: limit, cursor, state, type, q (in the name)."""
    document_filter = DocumentFilter(
        state=_read_state(req), document_type=req.params.get("type") or None, text=req.params.get("q") or ""
    )
    after = read_cursor(req, "documents", _TEXT.validate_python)
    page = await list_documents(bootstrap.context(), read_limit(req), after, document_filter)
    return ListPage.of("documents", page)


@endpoint(blueprint, "GET", "documents/{document_id}")
async def document(req: func.HttpRequest, _caller: Principal) -> object:
    """Return one document with its result and its events."""
    details = await load_detail(bootstrap.context(), _id(req))
    if details is None:
        raise UnknownDocument(f"there is no document {_id(req)}")
    result = with_row_ids(details.result) if details.result else None
    return replace(details, result=result)


@endpoint(blueprint, "GET", "documents/{document_id}/events")
async def document_events(req: func.HttpRequest, _caller: Principal) -> object:
    """Return a page of a document's events, the oldest first, each with when it was published or why it was refused."""
    return await _page_of_document(req, "events", list_events)


@endpoint(blueprint, "GET", "documents/{document_id}/history")
async def document_history(req: func.HttpRequest, _caller: Principal) -> object:
    """Return a page of what happened to a document, the oldest first, each with the id of who asked for it."""
    return await _page_of_document(req, "history", list_history)


@endpoint(blueprint, "POST", "documents/{document_id}/replay", 202)
async def document_replay(req: func.HttpRequest, caller: Principal) -> object:
    """Start a new Run of a document whose last one ended: body {"force": true} also for a duplicate."""
    force = read_body(req, ReplayRequest).force
    return await replay(bootstrap.context(), _id(req), force=force, actor=caller.id)


@endpoint(blueprint, "DELETE", "documents/{document_id}", 202)
async def document_forget(req: func.HttpRequest, caller: Principal) -> None:
    """Delete everything about a settled document, its upload included."""
    await forget(bootstrap.context(), _id(req), actor=caller.id)


@endpoint(blueprint, "POST", "documents/{document_id}/corrections")
async def document_correct(req: func.HttpRequest, caller: Principal) -> object:
    """Change a final result: body {"run", "revision", "fields": {name: value}, "changes"}, as it was seen."""
    request = read_body(req, CorrectionRequest)
    return with_row_ids(await correct(bootstrap.context(), _id(req), request, caller.id))


@endpoint(blueprint, "POST", "events/replay", 202)
async def events_replay(req: func.HttpRequest, caller: Principal) -> object:
    """Publish again every event since a time, with the ids they had: body {"since": "2026-11-22T09:00:00Z"}."""
    return {"events": await republish(bootstrap.context(), read_body(req, EventReplayRequest).since, caller.id)}


@endpoint(blueprint, "GET", "reviews")
async def review_list(req: func.HttpRequest, _caller: Principal) -> object:
    """Return a page of the open cases, the most doubtful first; query: limit, cursor, group."""
    after = read_cursor(req, "reviews", _CASE_POSITION.validate_python)
    group = req.params.get("group") or None
    return ListPage.of("reviews", await list_cases(bootstrap.context(), read_limit(req), after, group))


@endpoint(blueprint, "GET", "reviews/{document_id}")
async def review_get(req: func.HttpRequest, _caller: Principal) -> object:
    """Return one open case with its draft result."""
    open_case = await review.load_case(bootstrap.context(), _id(req))
    return Case(task=case_view(open_case.task), result=with_row_ids(open_case.result))


@endpoint(blueprint, "POST", "reviews/{document_id}/claim")
async def review_claim(req: func.HttpRequest, caller: Principal) -> object:
    """Lease a case to the caller; the answer's lease holds the token that `complete` asks for, and only this answer.

    Body {"token"} renews the lease. Callers with a function key say who they are: {"holder": "..."}.
    """
    request = read_body(req, ClaimRequest)
    return await review.claim(bootstrap.context(), _id(req), _holder(caller, request), request.token, caller.id)


@endpoint(blueprint, "POST", "reviews/{document_id}/release")
async def review_release(req: func.HttpRequest, caller: Principal) -> object:
    """End a lease before its time: body {"token": ...}."""
    token = read_body(req, ReleaseRequest).token
    return case_view(await review.release(bootstrap.context(), _id(req), token, caller.id))


@endpoint(blueprint, "POST", "reviews/{document_id}/complete")
async def review_complete(req: func.HttpRequest, caller: Principal) -> object:
    """Close a case: body {"token", "disposition": "ACCEPT" or "REJECT", "corrections": {field: value}, "changes"}."""
    decision = read_body(req, review.Decision)
    return with_row_ids(await review.complete(bootstrap.context(), _id(req), decision, caller.id))


async def _page_of_document(
    req: func.HttpRequest,
    list_name: str,
    load_page: Callable[[Context, str, int, str | None], Awaitable[Page[Any, str]]],
) -> ListPage:
    """Return a page of a document's list, of which every document has at least one item; raises UnknownDocument."""
    after = read_cursor(req, list_name, _TEXT.validate_python)
    page = await load_page(bootstrap.context(), _id(req), read_limit(req), after)
    if not page.items and after is None:
        raise UnknownDocument(f"there is no document {_id(req)}")
    return ListPage.of(list_name, page)


def _read_state(req: func.HttpRequest) -> State | None:
    text = req.params.get("state")
    if not text:
        return None
    if text not in set(State):
        raise malformed_parameter("state", f"one of {', '.join(State)}")
    return State(text)


def _holder(caller: Principal, request: ClaimRequest) -> str:
    """Return who is shown as holding a case: nobody who is known passes for somebody else.

    Raises MalformedRequest.
    """
    if caller.verified_by != "key":
        return caller.name
    if request.holder is None:
        detail = "Callers with a function key say who takes the case."
        raise MalformedRequest(detail, [{"pointer": "/holder", "detail": detail}])
    return request.holder


def _id(req: func.HttpRequest) -> str:
    return str(req.route_params["document_id"])
