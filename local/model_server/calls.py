"""The server's own ledger of calls: the outside witness that no request was paid for twice."""

import hashlib
import json
from dataclasses import asdict, dataclass, field

from local.model_server.errors import Json


@dataclass(frozen=True)
class Call:
    """One call: the caller's own name for it (`x-ms-client-request-id`), its status, and whether it took the answer.

    `heard` is False when the answer was held back by a fault, or when the caller had gone before it was written.
    """

    client: str
    status: int
    heard: bool = True


@dataclass
class CallRecord:
    """One distinct request: how often it came, how often it was answered (billed), and its tokens per answer."""

    hash: str
    deployment: str
    schema: str
    count: int = 0
    answered: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    statuses: list[int] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)

    def note(self, call: Call) -> None:
        """Write down how a call ended."""
        self.statuses.append(call.status)
        self.calls.append(call)


def request_hash(body: Json) -> str:
    """SHA-256 of the request in canonical JSON (sorted keys, no spaces)."""
    canonical = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


class CallLog:
    """Calls per distinct request, in the order they first came."""

    def __init__(self) -> None:
        self._records: dict[str, CallRecord] = {}

    def record(self, digest: str, deployment: str, schema: str) -> CallRecord:
        """Count one more call of this request and return its record."""
        record = self._records.setdefault(digest, CallRecord(digest, deployment, schema))
        record.count += 1
        return record

    def clear(self) -> None:
        """Forget every call."""
        self._records.clear()

    def as_json(self) -> Json:
        """Totals and the records, as `GET /admin/calls` shows them."""
        records = [asdict(record) for record in self._records.values()]
        return {
            "calls": sum(record["count"] for record in records),
            "answered": sum(record["answered"] for record in records),
            "distinct": len(records),
            "requests": records,
        }
