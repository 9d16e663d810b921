"""Who asks a model which request: one asker at a time, taken over when it dies, and every billed try on record."""

import asyncio
import contextlib
import os
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from copy import replace
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.domain.base.errors import Conflict, Retryable
from shared.domain.base.stored import Stored, dump_stored
from shared.pipeline.store.rows.stored_rows import load_or_report
from shared.ports.clock import Clock
from shared.ports.records import Insert, Record, Records, Replace

TABLE = "catalog"
KEY = "claim"
LEASE = timedelta(seconds=30)
"""An asker that did not renew its claim for this long is dead; far shorter than a model may take to answer."""
RENEWAL = timedelta(seconds=10)


class BeingAsked(Retryable):
    """Another step is asking for the same answer right now: look for it again shortly."""

    grows = False
    default_code = "being_asked"


class RequestClaim(Stored):
    """The ledger's row of a request. `tries`: calls that may have been billed; more than one needs a crash."""

    token: str
    expires: datetime
    tries: int


@dataclass
class HeldClaim:
    """A claim as its holder has it: the try's token (which process, which try), and what the holder did with it.

    `is_first`: nobody held the request before, so nobody can have stored its answer. `asked`: a call went out that may
    have been billed. Whoever asks sets it before, and takes it back when the server refused the call for its rate.
    """

    token: str
    is_first: bool = False
    asked: bool = False


@dataclass(frozen=True)
class SingleFlight:
    """One row for each distinct request, in a partition of its own."""

    records: Records
    clock: Clock

    @asynccontextmanager
    async def claim(self, request: str) -> AsyncIterator[HeldClaim]:
        """Hold the request with this hash while asking; raises BeingAsked while another holds it.

        A try is taken back when it ends without a call that may have been billed (see HeldClaim).
        """
        held = HeldClaim(f"{os.getpid()}-{uuid.uuid4().hex}")
        held.is_first = await self._insert(request, held.token)
        if not held.is_first:
            await self._take_over(request, held.token)
        renewing = asyncio.create_task(self._renew_until_cancelled(request, held.token))
        try:
            yield held
        except BaseException:  # a cancelled step too: the next asker need not wait for the lease to end
            await self._release(request, held)
            raise
        finally:
            renewing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await renewing
        if not held.asked:
            await self._release(request, held)

    async def tries(self, request: str) -> int:
        """Return how many calls may have been billed for a request."""
        row = await self._row(request)
        claim = load_or_report(RequestClaim, row) if row else None
        return claim.tries if claim else 0

    async def _insert(self, request: str, token: str) -> bool:
        """Claim a request that has no row yet, as most have none; return False when it has one."""
        claim = RequestClaim(token=token, expires=self.clock.now() + LEASE, tries=1)
        try:
            await self._commit(request, Insert(KEY, dump_stored(claim)))
        except Conflict:
            return False
        return True

    async def _take_over(self, request: str, token: str) -> None:
        """Claim a request whose claim has ended; raises BeingAsked while it has not."""
        row, now = await self._row(request), self.clock.now()
        if row is None:
            raise BeingAsked("the claim of the same request was removed at this moment", timedelta(seconds=2))
        earlier = load_or_report(RequestClaim, row)  # one that cannot be read holds nothing: it is taken over
        if earlier is not None and earlier.expires > now:
            raise BeingAsked("another step is asking the same", min(earlier.expires - now, timedelta(seconds=5)))
        claim = RequestClaim(token=token, expires=now + LEASE, tries=(earlier.tries if earlier else 1) + 1)
        try:
            await self._commit(request, Replace(KEY, dump_stored(claim), row.version))
        except Conflict as error:
            raise BeingAsked("another step began to ask the same", timedelta(seconds=2)) from error

    async def _renew_until_cancelled(self, request: str, token: str) -> None:
        """Renew the claim until cancelled; a renewal that fails is made up for by the next, or by a take-over."""
        while True:
            await asyncio.sleep(RENEWAL.total_seconds())
            with contextlib.suppress(Retryable):
                await self._change(request, token, self.clock.now() + LEASE, tries=0)

    async def _release(self, request: str, held: HeldClaim) -> None:
        """Let the next one ask at once; where that cannot be written down, it waits until the claim ends by itself."""
        with contextlib.suppress(Retryable):
            await self._change(request, held.token, self.clock.now(), tries=0 if held.asked else -1)

    async def _change(self, request: str, token: str, expires: datetime, *, tries: int) -> None:
        row = await self._row(request)
        held = load_or_report(RequestClaim, row) if row else None
        if row is not None and held is not None and held.token == token:
            changed = replace(held, expires=expires, tries=held.tries + tries)
            await self._commit(request, Replace(KEY, dump_stored(changed), row.version))

    async def _row(self, request: str) -> Record | None:
        return await self.records.get(TABLE, f"request-{request}", KEY)

    async def _commit(self, request: str, change: Insert | Replace) -> None:
        await self.records.commit(TABLE, f"request-{request}", [change])
