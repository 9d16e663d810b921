"""What a request to the storage emulator is."""

import pytest

from quality.bench.scale.operations import Operation, changed_partition, classify, read_access_log

ACCOUNT = "http://127.0.0.1:10000/devstoreaccount1"


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("PUT", "/results/d1/result.json", Operation("blob", "Put Blob", "results", "write")),
        ("GET", "/incoming/invoice/a%20b.pdf", Operation("blob", "Get Blob", "incoming", "read")),
        ("HEAD", "/incoming/invoice/a.pdf", Operation("blob", "Get Blob Properties", "incoming", "other")),
        ("DELETE", "/results/a", Operation("blob", "Delete Blob", "results", "delete")),
        ("PUT", "/results/a?comp=block&blockid=x", Operation("blob", "Put Block", "results", "write")),
        ("GET", "/work?restype=container&comp=list&prefix=a", Operation("blob", "List Blobs", "work", "list")),
        ("POST", "/read/messages?visibilitytimeout=0", Operation("queue", "Put Message", "read", "write")),
        ("GET", "/read/messages?numofmessages=4", Operation("queue", "Get Messages", "read", "read")),
        ("DELETE", "/read/messages/1?popreceipt=x", Operation("queue", "Delete Message", "read", "delete")),
        ("GET", "/read?comp=metadata", Operation("queue", "Get Queue Metadata", "read", "other")),
        ("GET", "/documents(PartitionKey='d',RowKey='run')", Operation("table", "Get Entity", "documents", "read")),
        ("GET", "/documents()?$filter=x", Operation("table", "Query Entities", "documents", "list")),
        ("POST", "/catalog", Operation("table", "Insert Entity", "catalog", "write")),
        ("POST", "/$batch", Operation("table", "Transaction", "", "write")),
    ],
)
def test_a_request_is_recognised_by_method_and_path(method: str, path: str, expected: Operation) -> None:
    """The three services share a name: what was asked of whom must follow from the path."""
    assert expected == classify(method, ACCOUNT + path)


def test_a_request_to_the_whole_service_is_no_operation() -> None:
    """The check that the emulator is up belongs to no document."""
    assert classify("GET", f"{ACCOUNT}?comp=list") is None


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/catalog(PartitionKey='active',RowKey='d1')", "catalog/active"),
        ("/catalog(PartitionKey='content-1',RowKey='d1')", "catalog"),
        ("/documents(PartitionKey='d1',RowKey='run-0001')", "documents"),
        ("/documents", "documents"),
    ],
)
def test_a_transaction_in_the_shared_partition_is_told_apart(path: str, expected: str) -> None:
    """One partition takes 2,000 rows a second: what all documents write to it bounds them all."""
    assert expected == changed_partition(ACCOUNT + path)


def test_the_access_log_gives_the_operations_in_order() -> None:
    """Lines that are no request, and the emulator's own messages, are left out."""
    log = (
        "Azurite Blob service is starting at http://127.0.0.1:0\n"
        '127.0.0.1 - - [29/Nov/2026:09:56:23 +0000] "GET /devstoreaccount1/read/messages HTTP/1.1" 200 -\n'
        '127.0.0.1 - - [29/Nov/2026:09:56:23 +0000] "PUT /devstoreaccount1/results/a HTTP/1.1" 201 -\n'
        '127.0.0.1 - - [29/Nov/2026:09:56:24 +0000] "GET /devstoreaccount1?comp=list HTTP/1.1" 403 -\n'
    )
    assert ["Get Messages", "Put Blob"] == [operation.name for operation in read_access_log(log)]
