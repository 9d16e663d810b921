"""Rows that this version cannot read: logged and left alone, so that they stop nothing else."""

import logging
from collections.abc import AsyncIterator

from pydantic import BaseModel

from shared import telemetry
from shared.domain.errors import UnreadableRecord
from shared.domain.stored import load_stored
from shared.ports.records import Record

DOCUMENTS = "documents"


def report_unreadable(document_id: str, row: str, reason: str = UnreadableRecord.__name__) -> None:
    """Log a row that cannot be read: ids and the class of the error, nothing of what it holds."""
    fields = {telemetry.DOCUMENT_ID: document_id, telemetry.ROW: row, telemetry.REASON: reason}
    telemetry.report("row_unreadable", fields, logging.WARNING)


def load_or_report[M: BaseModel](kind: type[M], record: Record) -> M | None:
    """Return the value of a row in the partition of a Document; None for one that cannot be read, which is logged."""
    try:
        return load_stored(kind, record.body)
    except UnreadableRecord:
        report_unreadable(record.partition, record.key)
        return None


async def load_readable[M: BaseModel](kind: type[M], records: AsyncIterator[Record]) -> list[M]:
    """Return the values of those rows that can be read; the others are logged."""
    values = [load_or_report(kind, record) async for record in records]
    return [value for value in values if value is not None]
