"""The function app's HTTP API as a client sees it, and the events as a subscriber has them."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from pydantic import TypeAdapter

from local.cloud.addresses import Addresses, CloudError
from shared.domain.documents.result import Result
from shared.domain.documents.review import ReviewTask
from shared.domain.documents.run import Run
from shared.domain.types.document_type import TypeProblem
from shared.pipeline.operations.health.diagnosis import Diagnosis
from shared.pipeline.operations.listing import DocumentFilter
from shared.pipeline.operations.status import DocumentDetail, DocumentStatus
from shared.pipeline.operations.type_list import ListedType, TypeList
from shared.pipeline.review.correct import CorrectionRequest
from shared.pipeline.review.review import Decision

if TYPE_CHECKING:
    from aiohttp import ClientResponse, ClientSession

MAX_LIMIT = 500
"""Items that the API puts on one page at most."""
_STATUSES = TypeAdapter(list[DocumentStatus])
_NOT_FOUND, _DEFECT = 404, 500
_STATUS_REASONS = {
    401: "The app does not know the caller (401): the key or token is missing, wrong or expired.",
    403: "The app refuses the caller (403): a role is missing, or this address is not let in.",
}
"""What an answer without a problem says: it comes from what stands before the app."""
_BUSY = frozenset({429, 500, 502, 503})
_TRIES, _PAUSE, _LONGEST_PAUSE = 20, 0.5, 5.0

type Authorize = Callable[[], Awaitable[Mapping[str, str]]]
"""Returns the headers that let a request in; asked before each, because tokens expire."""


class Api:
    """The API of one app. An answer is asked for again while the host is being restarted, for ten seconds."""

    def __init__(self, session: "ClientSession", authorize: Authorize) -> None:
        self._session = session
        self._authorize = authorize

    async def documents(self, document_filter: DocumentFilter | None = None) -> list[DocumentStatus]:
        """Return the Documents that match the filter (None: all) and their Runs, latest first; raises CloudError."""
        query = (
            {"state": document_filter.state, "type": document_filter.document_type, "q": document_filter.text}
            if document_filter
            else {}
        )
        statuses: list[DocumentStatus] = []
        async for page in self._pages("api/documents", {name: str(value) for name, value in query.items() if value}):
            statuses += _STATUSES.validate_python(page["items"])
        return sorted(statuses, key=lambda status: status.document.received, reverse=True)

    async def detail(self, document_id: str) -> DocumentDetail | None:
        """Return one Document with its Result and its events, or None; raises CloudError."""
        body = await self._get(f"api/documents/{quote(document_id, safe='')}")
        return DocumentDetail.model_validate_json(body) if body else None

    async def types(self) -> TypeList:
        """Return the document types in force, and what is wrong with others; raises CloudError."""
        types: list[ListedType] = []
        problems: list[TypeProblem] = []
        async for page in self._pages("api/types", {}):
            listed = TypeList.model_validate({name: page[name] for name in ("types", "problems")})
            types += listed.types
            problems += listed.problems
        return TypeList(types=tuple(types), problems=tuple(problems))

    async def host_status(self) -> dict[str, Any]:
        """Return the host's status: state, functions, process ids of its workers; raises CloudError."""
        body = await self._get("admin/host/status")
        status: dict[str, Any] = json.loads(body or b"{}")
        return status

    async def diagnose(self, *, ask_models: bool) -> Diagnosis:
        """Have the app check what it works with; raises CloudError."""
        body = await self._ask("POST", "api/diagnosis", {"ask_models": ask_models})
        if body is None:
            raise CloudError("The app has no diagnosis: it is older than this program, or its address is wrong.")
        return Diagnosis.model_validate_json(body)

    async def replay(self, document_id: str, *, force: bool) -> Run:
        """Start a new Run of a Document; raises CloudError with the API's reason when it may not be."""
        body = await self._ask("POST", f"api/documents/{quote(document_id, safe='')}/replay", {"force": force})
        return Run.model_validate_json(body or b"{}")

    async def correct(self, document_id: str, wish: CorrectionRequest) -> Result:
        """Change values of a final result; raises CloudError with the API's reason when it may not be."""
        path = f"api/documents/{quote(document_id, safe='')}/corrections"
        body = await self._ask("POST", path, wish.model_dump(exclude_defaults=True))
        if body is None:
            raise CloudError(f"There is no document {document_id!r} any more.")
        return Result.model_validate_json(body)

    async def claim(self, document_id: str, holder: str) -> ReviewTask:
        """Lease a case; raises CloudError with the API's reason when it is not to be had."""
        body = await self._ask("POST", _case(document_id, "claim"), {"holder": holder})
        if body is None:
            raise CloudError(f"Document {document_id} has no case for review.")
        return ReviewTask.model_validate_json(body)

    async def release(self, document_id: str, token: int) -> None:
        """End a lease; raises CloudError with the API's reason when it is not the caller's."""
        await self._ask("POST", _case(document_id, "release"), {"token": token})

    async def complete(self, document_id: str, decision: Decision) -> Result:
        """Close a case; raises CloudError with the API's reason when it may not be."""
        body = await self._ask("POST", _case(document_id, "complete"), decision.model_dump(exclude_defaults=True))
        if body is None:
            raise CloudError(f"Document {document_id} has no case for review.")
        return Result.model_validate_json(body)

    async def forget(self, document_id: str) -> None:
        """Have everything about a Document deleted; raises CloudError with the API's reason when it may not be."""
        await self._ask("DELETE", f"api/documents/{quote(document_id, safe='')}")

    async def replay_events(self, since: datetime) -> int:
        """Have every event since a time published again; how many; raises CloudError."""
        body = await self._ask("POST", "api/events/replay", {"since": since.isoformat()})
        return int(json.loads(body or b"{}").get("events", 0))

    async def _pages(self, path: str, query: dict[str, str]) -> AsyncIterator[dict[str, Any]]:
        """Yield the pages of a list, in order."""
        cursor: str | None = ""
        while cursor is not None:
            parameters = {"limit": str(MAX_LIMIT), **query} | ({"cursor": cursor} if cursor else {})
            page = json.loads(await self._get(f"{path}?{urlencode(parameters)}") or b"{}")
            yield page
            cursor = page["next"]

    async def _get(self, path: str) -> bytes | None:
        return await self._ask("GET", path)

    async def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> bytes | None:
        """Return the body of the answer; None when what the path names is not there."""
        from aiohttp import ClientError

        trouble = ""
        for _ in range(_TRIES):
            pause, headers = _PAUSE, await self._authorize()
            try:
                async with self._session.request(method, path, json=body, headers=headers) as answer:
                    if answer.status == _NOT_FOUND:
                        return None
                    if answer.ok:
                        return await answer.read()
                    trouble = await _reason(answer)
                    is_defect = answer.status == _DEFECT and answer.content_type == "application/problem+json"
                    if answer.status not in _BUSY or is_defect:
                        raise CloudError(trouble)
                    pause = _requested_pause(answer)
            except (ClientError, TimeoutError) as error:
                trouble = type(error).__name__
            await asyncio.sleep(pause)
        raise CloudError(f"The app does not answer {path}: {trouble}.")


def _requested_pause(answer: "ClientResponse") -> float:
    """Seconds until the next try: what the answer asks for, within bounds."""
    text = answer.headers.get("Retry-After", "")
    return min(float(text), _LONGEST_PAUSE) if text.isdecimal() else _PAUSE


def _case(document_id: str, action: str) -> str:
    return f"api/reviews/{quote(document_id, safe='')}/{action}"


async def _reason(answer: "ClientResponse") -> str:
    """Return the reasons in a refusal: a problem (RFC 9457) has a sentence, and one for each place in the request."""
    try:
        problem = await answer.json(content_type=None)
        errors = [f"{error['pointer']}: {error['detail']}" for error in problem.get("errors", ())]
        sentence = str(problem["detail"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return _STATUS_REASONS.get(answer.status, f"The app answers with status {answer.status}.")
    if answer.status >= _DEFECT:
        return f"{sentence} ({problem.get('instance')})"
    return "\n".join(errors) or sentence


def fixed_headers(headers: Mapping[str, str]) -> Authorize:
    """Return what lets requests in with these headers, which do not expire."""

    async def authorize() -> Mapping[str, str]:
        return headers

    return authorize


@asynccontextmanager
async def connect(base: str, authorize: Authorize) -> AsyncIterator[Api]:
    """Yield a client of the API of the app at the address `base`, for the length of a block."""
    import aiohttp

    timeout = aiohttp.ClientTimeout(total=60)
    async with aiohttp.ClientSession(f"{base}/", timeout=timeout) as session:
        yield Api(session, authorize)


@asynccontextmanager
async def api(addresses: Addresses) -> AsyncIterator[Api]:
    """Yield a client of the API of a running local cloud, for the length of a block."""
    headers = {"x-functions-key": addresses.admin_key, "Authorization": f"Bearer {addresses.admin_key}"}
    async with connect(addresses.host, fixed_headers(headers)) as client:
        yield client


class EventLog:
    """The events that the demo subscriber kept, read as they are appended to its file."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._offset = 0
        self._rest = b""
        self.events: list[dict[str, Any]] = []

    def read(self) -> list[dict[str, Any]]:
        """Return the events since the last call, oldest first; `events` has all of them."""
        if not self._file.exists():
            return []
        with self._file.open("rb") as file:
            file.seek(self._offset)
            data = file.read()
        self._offset += len(data)
        *lines, self._rest = (self._rest + data).split(b"\n")
        fresh = [json.loads(line) for line in lines if line]
        self.events.extend(fresh)
        return fresh

    def of(self, document_id: str) -> list[dict[str, Any]]:
        """Return the events of one Document, in the order in which they came."""
        return [event for event in self.events if event["data"].get("document_id") == document_id]
