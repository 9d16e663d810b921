"""Marks: the rows of the active list, by which the sweeper finds the Documents that may still need work."""

from collections.abc import AsyncIterator
from copy import replace
from datetime import datetime

from shared.domain.base.errors import Conflict
from shared.domain.base.stored import Stored, dump_stored, load_stored
from shared.pipeline.store.context import StoreContext
from shared.pipeline.store.rows.keys import ACTIVE, CATALOG
from shared.ports.records import Delete, Record, Replace


class Mark(Stored):
    """A row of the active list: a Document that may need work, and when it was marked or last pushed on.

    `number`: of its latest Run. `pushes`: how often it was pushed since it last progressed.
    """

    number: int
    updated: datetime
    pushes: int = 0


def list_active(context: StoreContext) -> AsyncIterator[Record]:
    """Return the marks of Documents that may still need work; a mark's key is the Document's id."""
    return context.records.partition(CATALOG, ACTIVE)


async def unmark(context: StoreContext, mark: Record) -> None:
    """Take a Document off the active list, unless its mark was renewed meanwhile."""
    try:
        await context.records.commit(CATALOG, ACTIVE, [Delete(mark.key, mark.version)])
    except Conflict:
        return


async def renew(context: StoreContext, mark: Record, pushes: int = 0) -> bool:
    """Date the mark of a Document that is pushed on; False when another sweeper was quicker.

    `pushes`: how often it was pushed since it last progressed.
    """
    body = dump_stored(replace(load_stored(Mark, mark.body), updated=context.clock.now(), pushes=pushes))
    try:
        await context.records.commit(CATALOG, ACTIVE, [Replace(mark.key, body, mark.version)])
    except Conflict:
        return False
    return True
