"""HTTP endpoints: health, types, documents, replay, correction, deletion, review."""

from copy import replace
from typing import Any, Self

import azure.functions as func
from pydantic import AwareDatetime, BaseModel, Field, TypeAdapter

from functions.paging import malformed_parameter, read_cursor, read_limit, write_cursor
from functions.replies import read_body, reply
from shared import bootstrap
from shared.domain.base.errors import UnknownDocument
from shared.domain.documents.result import Result
from shared.domain.documents.review import CaseView, case_view
from shared.domain.documents.run import State
from shared.pipeline.operations.listing import (
    CasePosition,
    DocumentFilter,
    Page,
    list_cases,
    list_documents,
    list_events,
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
    """The body of a claim: who takes the case; `token` renews a lease that the caller has."""

    holder: str = Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*[^\x00-\x20\x7f][^\x00-\x1f\x7f]*$")
    token: int | None = None


class ReleaseRequest(BaseModel):
    """The body of a release: the lease's token."""

    token: int


class Case(BaseModel):
    """A case for a reviewer: the task and the draft result. A lease is shown without its token."""

    task: CaseView
    result: Result


@blueprint.route(route="health", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
async def health(req: func.HttpRequest) -> func.HttpResponse:  # noqa: ARG001 - the platform passes it
    """Return whether the app runs and its settings are complete (it raises otherwise)."""

    async def work() -> object:
        return {"status": "ok", "document_types": sorted(await bootstrap.context().types.current_types())}

    return await reply(work())


@blueprint.route(route="types", methods=["GET"], auth_level=func.AuthLevel.FUNCTION)
async def document_types(req: func.HttpRequest) -> func.HttpResponse:
    """Return a page of the document types in force, and what is wrong with folders in the container of types."""

    async def work() -> object:
        after = read_cursor(req, "types", _TEXT.validate_python)
        listing, last = await list_types(bootstrap.context(), read_limit(req), after)
        return {"types": listing.types, "problems": listing.problems, "next": last and write_cursor("types", last)}

    return await reply(work())


@blueprint.route(route="documents", methods=["GET"], auth_level=func.AuthLevel.FUNCTION)
async def status(req: func.HttpRequest) -> func.HttpResponse:
    """Return a page of the documents with their state, by id; query: limit, cursor, state, type, q (in the name)."""

    async def work() -> object:
        document_filter = DocumentFilter(
            state=_read_state(req), document_type=req.params.get("type") or None, text=req.params.get("q") or ""
        )
        after = read_cursor(req, "documents", _TEXT.validate_python)
        page = await list_documents(bootstrap.context(), read_limit(req), after, document_filter)
        return ListPage.of("documents", page)

    return await reply(work())


@blueprint.route(route="documents/{document_id}", methods=["GET"], auth_level=func.AuthLevel.FUNCTION)
async def document(req: func.HttpRequest) -> func.HttpResponse:
    """Return one document with its result and its events."""

    async def work() -> object:
        details = await load_detail(bootstrap.context(), _id(req))
        if details is None:
            raise UnknownDocument(f"there is no document {_id(req)}")
        result = with_row_ids(details.result) if details.result else None
        return replace(details, result=result)

    return await reply(work())


@blueprint.route(route="documents/{document_id}/events", methods=["GET"], auth_level=func.AuthLevel.FUNCTION)
async def document_events(req: func.HttpRequest) -> func.HttpResponse:
    """Return a page of a document's events, the oldest first, each with when it was published or why it was refused."""

    async def work() -> object:
        after = read_cursor(req, "events", _TEXT.validate_python)
        page = await list_events(bootstrap.context(), _id(req), read_limit(req), after)
        if not page.items and after is None:
            raise UnknownDocument(f"there is no document {_id(req)}")
        return ListPage.of("events", page)

    return await reply(work())


@blueprint.route(route="documents/{document_id}/replay", methods=["POST"], auth_level=func.AuthLevel.FUNCTION)
async def document_replay(req: func.HttpRequest) -> func.HttpResponse:
    """Start a new Run of a document whose last one ended: body {"force": true} also for a duplicate."""

    async def work() -> object:
        return await replay(bootstrap.context(), _id(req), force=read_body(req, ReplayRequest).force)

    return await reply(work(), 202)


@blueprint.route(route="documents/{document_id}", methods=["DELETE"], auth_level=func.AuthLevel.FUNCTION)
async def document_forget(req: func.HttpRequest) -> func.HttpResponse:
    """Delete everything about a settled document, its upload included."""
    return await reply(forget(bootstrap.context(), _id(req)), 202)


@blueprint.route(route="documents/{document_id}/corrections", methods=["POST"], auth_level=func.AuthLevel.FUNCTION)
async def document_correct(req: func.HttpRequest) -> func.HttpResponse:
    """Change a final result: body {"run", "revision", "fields": {name: value}, "changes"}, as it was seen."""

    async def work() -> object:
        return with_row_ids(await correct(bootstrap.context(), _id(req), read_body(req, CorrectionRequest)))

    return await reply(work())


@blueprint.route(route="events/replay", methods=["POST"], auth_level=func.AuthLevel.FUNCTION)
async def events_replay(req: func.HttpRequest) -> func.HttpResponse:
    """Publish again every event since a time, with the ids they had: body {"since": "2026-11-22T09:00:00Z"}."""

    async def work() -> object:
        return {"events": await republish(bootstrap.context(), read_body(req, EventReplayRequest).since)}

    return await reply(work(), 202)


@blueprint.route(route="reviews", methods=["GET"], auth_level=func.AuthLevel.FUNCTION)
async def review_list(req: func.HttpRequest) -> func.HttpResponse:
    """Return a page of the open cases, the most doubtful first; query: limit, cursor, group."""

    async def work() -> object:
        after = read_cursor(req, "reviews", _CASE_POSITION.validate_python)
        group = req.params.get("group") or None
        return ListPage.of("reviews", await list_cases(bootstrap.context(), read_limit(req), after, group))

    return await reply(work())


@blueprint.route(route="reviews/{document_id}", methods=["GET"], auth_level=func.AuthLevel.FUNCTION)
async def review_get(req: func.HttpRequest) -> func.HttpResponse:
    """Return one open case with its draft result."""

    async def work() -> object:
        open_case = await review.load_case(bootstrap.context(), _id(req))
        return Case(task=case_view(open_case.task), result=with_row_ids(open_case.result))

    return await reply(work())


@blueprint.route(route="reviews/{document_id}/claim", methods=["POST"], auth_level=func.AuthLevel.FUNCTION)
async def review_claim(req: func.HttpRequest) -> func.HttpResponse:
    """Lease a case: body {"holder": "..."}; the answer's lease holds the token that `complete` asks for.

    Only this answer has it; {"holder", "token"} renews the lease.
    """

    async def work() -> object:
        request = read_body(req, ClaimRequest)
        return await review.claim(bootstrap.context(), _id(req), request.holder, request.token)

    return await reply(work())


@blueprint.route(route="reviews/{document_id}/release", methods=["POST"], auth_level=func.AuthLevel.FUNCTION)
async def review_release(req: func.HttpRequest) -> func.HttpResponse:
    """End a lease before its time: body {"token": ...}."""

    async def work() -> object:
        return case_view(await review.release(bootstrap.context(), _id(req), read_body(req, ReleaseRequest).token))

    return await reply(work())


@blueprint.route(route="reviews/{document_id}/complete", methods=["POST"], auth_level=func.AuthLevel.FUNCTION)
async def review_complete(req: func.HttpRequest) -> func.HttpResponse:
    """Close a case: body {"token", "disposition": "ACCEPT" or "REJECT", "corrections": {field: value}, "changes"}."""

    async def work() -> object:
        return with_row_ids(await review.complete(bootstrap.context(), _id(req), read_body(req, review.Decision)))

    return await reply(work())


def _read_state(req: func.HttpRequest) -> State | None:
    text = req.params.get("state")
    if not text:
        return None
    if text not in set(State):
        raise malformed_parameter("state", f"one of {', '.join(State)}")
    return State(text)


def _id(req: func.HttpRequest) -> str:
    return str(req.route_params["document_id"])
