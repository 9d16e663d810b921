"""HTTP: health, status, replay, deletion and the first review API."""

import azure.functions as func
from pydantic import AwareDatetime, BaseModel, Field, TypeAdapter, ValidationError

from shared import bootstrap
from shared.domain.errors import Conflict
from shared.domain.review import NotHolder, ReviewTask
from shared.stages import review
from shared.stages.forget import forget
from shared.stages.publish import republish
from shared.stages.replay import StillRunning, UnknownDocument, replay
from shared.stages.status import DocumentStatus, detail, statuses

blueprint = func.Blueprint()
_STATUSES = TypeAdapter(list[DocumentStatus])
_CASES = TypeAdapter(list[ReviewTask])


class Wish(BaseModel):
    """The body of a replay: whether it should run although equal content has a result."""

    force: bool = False


class Period(BaseModel):
    """The body of an event replay: from when on; with its time zone."""

    since: AwareDatetime


class Claim(BaseModel):
    """The body of a claim: who takes the case."""

    holder: str = Field(min_length=1, max_length=200)


@blueprint.route(route="health", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
async def health(req: func.HttpRequest) -> func.HttpResponse:  # noqa: ARG001 - the platform passes it
    """Whether the app runs and its settings are complete (it raises otherwise)."""
    types = sorted(bootstrap.core().types)
    return _json(_object(status="ok", document_types=types))


@blueprint.route(route="documents", methods=["GET"], auth_level=func.AuthLevel.FUNCTION)
async def status(req: func.HttpRequest) -> func.HttpResponse:  # noqa: ARG001 - the platform passes it
    """Every document with its state, the latest first."""
    return _json(_STATUSES.dump_json(await statuses(bootstrap.core())))


@blueprint.route(route="documents/{document_id}", methods=["GET"], auth_level=func.AuthLevel.FUNCTION)
async def document(req: func.HttpRequest) -> func.HttpResponse:
    """One document with its result and its events."""
    found = await detail(bootstrap.core(), req.route_params["document_id"])
    return _json(found.model_dump_json().encode()) if found else _problem(404, "There is no such document.")


@blueprint.route(route="documents/{document_id}/replay", methods=["POST"], auth_level=func.AuthLevel.FUNCTION)
async def document_replay(req: func.HttpRequest) -> func.HttpResponse:
    """Start a new Run of a document whose last one ended: body {"force": true} also for a duplicate."""
    try:
        wish = Wish.model_validate_json(req.get_body() or b"{}")
        run = await replay(bootstrap.core(), req.route_params["document_id"], force=wish.force)
    except ValidationError as error:
        return _problem(400, _first(error))
    except UnknownDocument as error:
        return _problem(404, str(error))
    except (StillRunning, Conflict) as error:
        return _problem(409, str(error))
    return _json(run.model_dump_json().encode(), 202)


@blueprint.route(route="documents/{document_id}", methods=["DELETE"], auth_level=func.AuthLevel.FUNCTION)
async def document_forget(req: func.HttpRequest) -> func.HttpResponse:
    """Delete everything about a settled document, its upload included."""
    try:
        await forget(bootstrap.core(), req.route_params["document_id"])
    except UnknownDocument as error:
        return _problem(404, str(error))
    except (StillRunning, Conflict) as error:
        return _problem(409, str(error))
    return _json(_object(status="deleting"), 202)


@blueprint.route(route="events/replay", methods=["POST"], auth_level=func.AuthLevel.FUNCTION)
async def events_replay(req: func.HttpRequest) -> func.HttpResponse:
    """Publish again every event since a time, with the ids they had: body {"since": "2026-11-22T09:00:00Z"}."""
    try:
        period = Period.model_validate_json(req.get_body())
    except ValidationError as error:
        return _problem(400, _first(error))
    return _json(_object(events=await republish(bootstrap.core(), period.since)), 202)


@blueprint.route(route="reviews", methods=["GET"], auth_level=func.AuthLevel.FUNCTION)
async def review_list(req: func.HttpRequest) -> func.HttpResponse:  # noqa: ARG001 - the platform passes it
    """The open cases, the most doubtful first."""
    return _json(_CASES.dump_json(await review.open_cases(bootstrap.core())))


@blueprint.route(route="reviews/{document_id}", methods=["GET"], auth_level=func.AuthLevel.FUNCTION)
async def review_get(req: func.HttpRequest) -> func.HttpResponse:
    """One open case with its draft result."""
    try:
        found = await review.case(bootstrap.core(), req.route_params["document_id"])
    except review.UnknownCase as error:
        return _problem(404, str(error))
    return _json(_object(task=found.task.model_dump(mode="json"), result=found.result.model_dump(mode="json")))


@blueprint.route(route="reviews/{document_id}/claim", methods=["POST"], auth_level=func.AuthLevel.FUNCTION)
async def review_claim(req: func.HttpRequest) -> func.HttpResponse:
    """Lease a case: body {"holder": "..."}; the answer's lease holds the token that `complete` asks for."""
    try:
        claim = Claim.model_validate_json(req.get_body())
        task = await review.claim(bootstrap.core(), req.route_params["document_id"], claim.holder)
    except ValidationError as error:
        return _problem(400, _first(error))
    except review.UnknownCase as error:
        return _problem(404, str(error))
    except (NotHolder, Conflict) as error:
        return _problem(409, str(error))
    return _json(task.model_dump_json().encode())


@blueprint.route(route="reviews/{document_id}/complete", methods=["POST"], auth_level=func.AuthLevel.FUNCTION)
async def review_complete(req: func.HttpRequest) -> func.HttpResponse:
    """Close a case: body {"token", "disposition": "ACCEPT" or "REJECT", "corrections": {field: value}}."""
    try:
        decision = review.Decision.model_validate_json(req.get_body())
        result = await review.complete(bootstrap.core(), req.route_params["document_id"], decision)
    except ValidationError as error:
        return _problem(400, _first(error))
    except review.UnknownCase as error:
        return _problem(404, str(error))
    except (NotHolder, Conflict) as error:
        return _problem(409, str(error))
    except ValueError as error:
        return _problem(422, str(error))
    return _json(result.model_dump_json().encode())


def _first(error: ValidationError) -> str:
    """The first complaint about a body, without the body."""
    first = error.errors()[0]
    return f"{'.'.join(str(step) for step in first['loc']) or 'body'}: {first['msg']}"


def _object(**parts: object) -> bytes:
    return TypeAdapter(dict[str, object]).dump_json(parts)


def _json(body: bytes, code: int = 200) -> func.HttpResponse:
    return func.HttpResponse(body, status_code=code, mimetype="application/json")


def _problem(code: int, text: str) -> func.HttpResponse:
    return _json(_object(error=text), code)
