"""Rows that this version cannot read: logged and left alone, so that they stop nothing else."""

import logging
from collections.abc import AsyncIterator

from pydantic import BaseModel

from shared import telemetry
from shared.domain.base.errors import UnreadableRecord
from shared.domain.base.stored import load_json, load_stored
from shared.domain.documents.document import is_document_id
from shared.ports.records import Record


def report_unreadable(document_id: str, row: str, reason: str = UnreadableRecord.__name__) -> None:
    """Log a row that cannot be read: ids and the class of the error, nothing of what it holds."""
    fields = {telemetry.DOCUMENT_ID: document_id, telemetry.ROW: row, telemetry.REASON: reason}
    telemetry.report("row_unreadable", fields, logging.WARNING)


def load_or_report[M: BaseModel](model_type: type[M], record: Record) -> M | None:
    """Return the value of a row; None for one that cannot be read, which is logged."""
    try:
        return load_stored(model_type, record.body)
    except UnreadableRecord:
        _report(record)
        return None


def load_owner(record: Record) -> str | None:
    """Return the id of the Document that a claim names; None for a claim that cannot be read, which is logged."""
    try:
        owner = load_json(record.body)
    except UnreadableRecord:
        owner = None
    if isinstance(owner, str):
        return owner
    _report(record)
    return None


def _report(record: Record) -> None:
    """Log a row: it lies in the partition of its Document, or is called like it in a list of Documents."""
    if is_document_id(record.key):
        report_unreadable(record.key, record.partition)
    else:
        report_unreadable(record.partition, record.key)


async def load_readable[M: BaseModel](model_type: type[M], records: AsyncIterator[Record]) -> list[M]:
    """Return the values of those rows that can be read; the others are logged."""
    values = [load_or_report(model_type, record) async for record in records]
    return [value for value in values if value is not None]
