"""What an HTTP request to a storage account is: its service, its operation, and how it is billed."""

import re
from typing import Literal, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

type Service = Literal["blob", "queue", "table", "topic", "model"]
type Billing = Literal["write", "read", "list", "delete", "other"]
"""How storage prices group operations ("Map each REST operation to a price" in the documentation of Blob Storage)."""


class Operation(NamedTuple):
    """One kind of request: `target` is the container, queue or table."""

    service: Service
    name: str
    target: str
    billing: Billing


_TABLE = re.compile(r"^([A-Za-z][A-Za-z0-9]{2,62})\(")
_BLOB_NAMES: dict[tuple[str, str], tuple[str, Billing]] = {
    ("GET", ""): ("Get Blob", "read"),
    ("HEAD", ""): ("Get Blob Properties", "other"),
    ("PUT", ""): ("Put Blob", "write"),
    ("DELETE", ""): ("Delete Blob", "delete"),
    ("PUT", "block"): ("Put Block", "write"),
    ("PUT", "blocklist"): ("Put Block List", "write"),
    ("PUT", "lease"): ("Lease Blob", "other"),
    ("PUT", "metadata"): ("Set Blob Metadata", "other"),
    ("PUT", "tags"): ("Set Blob Tags", "other"),
    ("GET", "tags"): ("Get Blob Tags", "other"),
}
_QUEUE_NAMES: dict[str, tuple[str, Billing]] = {
    "POST": ("Put Message", "write"),
    "GET": ("Get Messages", "read"),
    "PUT": ("Update Message", "write"),
    "DELETE": ("Delete Message", "delete"),
}
_ENTITY_NAMES: dict[str, tuple[str, Billing]] = {
    "GET": ("Get Entity", "read"),
    "PUT": ("Update Entity", "write"),
    "PATCH": ("Merge Entity", "write"),
    "MERGE": ("Merge Entity", "write"),
    "DELETE": ("Delete Entity", "write"),
}


def classify(method: str, url: str) -> Operation | None:
    """Return the operation of a request to an emulated account (`/ACCOUNT/…`); None for one of the whole service.

    The three services share the account's name and no path, so the path alone tells which one was asked.
    """
    parts = urlsplit(url)
    path = [unquote(segment) for segment in parts.path.split("/") if segment][1:]
    query = {name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
    if not path:
        return None
    return _table(method, path) or _queue(method, path, query) or _blob(method, path, query)


def _table(method: str, path: list[str]) -> Operation | None:
    if path == ["$batch"]:
        return Operation("table", "Transaction", "", "write")
    entity = _TABLE.match(path[0])
    if entity and len(path) == 1:
        if path[0].endswith("()"):
            return Operation("table", "Query Entities", entity[1], "list")
        name, billing = _ENTITY_NAMES.get(method, (method, "other"))
        return Operation("table", name, entity[1], billing)
    if len(path) == 1 and method == "POST":
        return Operation("table", "Insert Entity" if path[0] != "Tables" else "Create Table", path[0], "write")
    return None


def _queue(method: str, path: list[str], query: dict[str, str]) -> Operation | None:
    if path[1:2] == ["messages"] and len(path) <= 3:  # noqa: PLR2004 - QUEUE/messages/ID
        name, billing = _QUEUE_NAMES[method]
        return Operation("queue", name, path[0], billing)
    if len(path) == 1 and "restype" not in query:
        name = "Get Queue Metadata" if method in {"GET", "HEAD"} else "Create Queue"
        return Operation("queue", name, path[0], "other")
    return None


def _blob(method: str, path: list[str], query: dict[str, str]) -> Operation:
    if query.get("restype") == "container":
        is_list = query.get("comp") == "list" or method == "PUT"
        name = "List Blobs" if query.get("comp") == "list" else f"{method} container"
        return Operation("blob", name, path[0], "list" if is_list else "other")
    name, billing = _BLOB_NAMES.get((method, query.get("comp", "")), (f"{method} {query.get('comp', '')}", "other"))
    return Operation("blob", name, path[0], billing)


SHARED_PARTITION = "catalog/active"
"""The target of transactions in the partition that all documents share."""
_CHANGED = re.compile(r"/(\w+)(?:\(PartitionKey='([^']*)'|\?|$)")


def changed_partition(url: str) -> str:
    """Return the target of a transaction by the URL of one of its changes: the table, or SHARED_PARTITION."""
    found = _CHANGED.search(unquote(url))
    table, partition = (found[1], found[2]) if found else ("", None)
    return SHARED_PARTITION if f"{table}/{partition}" == SHARED_PARTITION else table


_LOGGED = re.compile(r'"([A-Z]+) (\S+) HTTP/[\d.]+" (\d{3}) ')


def read_access_log(text: str) -> list[Operation]:
    """Return the operations in an access log of Azurite, in order; what no operation is (refused, health) is left out.

    Azurite is asked for each request that reaches it, whoever sends it: this is the count that ours must equal.
    """
    requests = (_LOGGED.search(line) for line in text.splitlines())
    operations = (classify(found[1], found[2]) for found in requests if found)
    return [operation for operation in operations if operation is not None]
