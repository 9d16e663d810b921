"""One example of each event: an invoice's way, and what else may happen to one. docs/events/examples/ shows them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from shared.domain.documents.document import document_id
from shared.domain.documents.event import (
    FACTS,
    ChildLink,
    CorrectedFact,
    DeletedFact,
    DuplicateFact,
    Event,
    EventName,
    Fact,
    FailedFact,
    FinalizedFact,
    HeldFact,
    ReceivedFact,
    ReviewRequestedFact,
    SkippedMember,
    UnpackedFact,
)
from shared.domain.documents.run import Reason

_ACCOUNT = "https://intraydocs.blob.core.windows.net"
_RECEIVED = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
_BASE = {
    "document_id": document_id("incoming", "invoice/2026-11/4711.pdf", "0x8DE29A1B2C3D4E5"),
    "run": 1,
    "container": "incoming",
    "name": "invoice/2026-11/4711.pdf",
    "etag": "0x8DE29A1B2C3D4E5",
}
_NAME = f"invoice/{_BASE['document_id']}.json"
_RESULT = {
    "document_type": "invoice",
    "disposition": "ACCEPT",
    "result_container": "results",
    "result_name": _NAME,
    "result_url": f"{_ACCOUNT}/results/{_NAME}",
}
_COST = {"model_calls": 2, "cost_usd": 0.0113}


def _facts() -> Iterator[Fact]:
    yield ReceivedFact.model_validate(_BASE | {"size": 183_402})
    yield DuplicateFact.model_validate(
        _BASE | {"duplicate_of": document_id("incoming", "invoice/2026-11/scan.pdf", "0x8DE29A1A00000F1")}
    )
    doubt = Reason(code="low_confidence", message="Total is right with a probability of only 0.62.")
    yield ReviewRequestedFact.model_validate(
        _BASE | {"document_type": "invoice", "confidence": 0.62, "reasons": (doubt,)}
    )
    yield FinalizedFact.model_validate(
        _BASE | _RESULT | {"confidence": 0.62, "reviewed": True, "corrections": 1, "pages": 2} | _COST
    )
    yield CorrectedFact.model_validate(
        _BASE | _RESULT | {"confidence": 0.88, "revision": 1, "fields": ("total",), "corrections": 2}
    )
    broken = Reason(
        code="password_required",
        message="The PDF is encrypted and asks for a password: upload a copy that opens without one.",
    )
    yield FailedFact.model_validate(_BASE | {"reason": broken})
    unknown = Reason(
        code="unknown_type",
        message="No document type fits this file: drop it under incoming/<type>/, or add a type for it.",
    )
    yield HeldFact.model_validate(_BASE | {"reason": unknown})
    yield _unpacked()
    yield DeletedFact.model_validate(_BASE | {"cause": "requested"})


def _unpacked() -> UnpackedFact:
    archive = document_id("incoming", "invoice/2026-11/november.zip", str(_BASE["etag"]))
    child = document_id("unpacked", f"invoice/{archive}/00002-4712.pdf", "0x8DE29A1B2C3D500")
    manifest = f"unpacked/{archive}.json"
    return UnpackedFact.model_validate(
        _BASE
        | {
            "document_id": archive,
            "name": "invoice/2026-11/november.zip",
            "children": (ChildLink(document_id=child, name="november/4712.pdf"),),
            "children_count": 1,
            "skipped": (SkippedMember(name="november/", reason=Reason(code="folder", message="It is a folder.")),),
            "skipped_count": 1,
            "result_container": "results",
            "result_name": manifest,
            "result_url": f"{_ACCOUNT}/results/{manifest}",
        }
    )


def example_events() -> dict[EventName, Event]:
    """Return one event of each type, as the pipeline would state it."""
    names = {kind: name for name, kind in FACTS.items()}
    return {names[type(fact)]: _event(names[type(fact)], fact, place) for place, fact in enumerate(_facts())}


def _event(name: EventName, fact: Fact, place: int) -> Event:
    return Event(
        id=f"{fact.document_id}.{fact.run}.{name}" + (".1" if name == "corrected" else ""),
        name=name,
        source=f"{_ACCOUNT}/{fact.container}",
        subject=f"documents/{fact.document_id}",
        time=_RECEIVED + timedelta(seconds=20 * place),
        data=fact.model_dump(mode="json"),
    )
