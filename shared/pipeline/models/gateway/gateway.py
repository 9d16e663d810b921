"""The one way to a model: every answer is stored under its request's hash before it is used, so none is paid twice."""

import contextlib
import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from shared.domain.base.errors import Blocked, Permanent, Refused, Throttled, Unavailable, UnreadableRecord
from shared.domain.base.frozen import Frozen
from shared.domain.base.stored import Stored, dump_stored, load_stored
from shared.domain.documents.run import Run
from shared.domain.documents.task import Stage
from shared.domain.models.catalogue import Catalogue
from shared.domain.models.model_call import Bill, ModelAnswer, ModelCall
from shared.pipeline.models.gateway.meter import Meter
from shared.pipeline.models.gateway.observed_call import ask_observed, count_answer
from shared.pipeline.models.gateway.single_flight import HeldClaim, SingleFlight
from shared.pipeline.models.gateway.step_time import StepTime
from shared.pipeline.store.rows.stored_rows import report_unreadable
from shared.ports.blobs import Blobs
from shared.ports.models import Models

PAID = "paid"
ANSWERS = "answers"
"""The folder of stored answers."""
MODEL_TIMEOUT = "model_timeout"
MAX_TIMEOUTS = 10
"""Calls for a request that may have been billed, after which one more that takes too long ends the asking."""
MAX_ATTEMPTS = 10
"""How often a request is asked while every answer is unusable: once in each Run, and no more than this in all."""


class StoredAnswer(Stored):
    """An answer as it is kept, with the step that paid for it and the try of the ledger that asked for it."""

    payer: str
    token: str = ""
    answer: ModelAnswer


class PaidRequest(Stored):
    """What is kept beside the name of a request that a Document paid for: the step, and the deployment it asked."""

    payer: str
    deployment: str


class GatewayAnswer(Frozen):
    """An answer and what it cost this Run (a stored answer costs nothing again).

    `request`: the hash by which it is kept; `from_other_run`: another Run paid for it.
    """

    answer: ModelAnswer
    bill: Bill
    request: str
    from_other_run: bool


@dataclass(frozen=True)
class Gateway:
    """Models behind a store of their answers, with the catalogue's prices.

    `meter`: the limits of the Run that asks; None: it has none.
    `time`: how long the step that asks may go on; None: as long as it takes.
    """

    models: Models
    blobs: Blobs
    container: str
    catalogue: Catalogue
    single_flight: SingleFlight
    meter: Meter | None = None
    time: StepTime | None = None

    async def ask(
        self, call: ModelCall, payer: str, is_usable: Callable[[ModelAnswer], bool] = lambda _: True
    ) -> GatewayAnswer:
        """Answer `call` from the store, or ask the model once and store what it says.

        `payer` names the step that asks. A step that finds its own answer died before its bill was written down, so
        it bills it now; anybody else reuses the answer for nothing. An answer of another Run that is not usable is
        asked for once more: it must not defeat a replay. Raises what `Models.answer` raises (nothing is stored then),
        LimitReached, OutOfTime, and BeingAsked while another step asks the same.
        """
        answered = None
        for attempt in range(MAX_ATTEMPTS):
            answered = await self._attempt(call, payer, attempt) or answered
            if answered is not None and (is_usable(answered.answer) or not answered.from_other_run):
                break
        if answered is None:
            raise UnreadableRecord("every stored answer to a request is damaged", StoredAnswer.__name__)
        return answered

    async def _attempt(self, call: ModelCall, payer: str, attempt: int) -> GatewayAnswer | None:
        """Return the answer to an attempt; None when the stored one is damaged."""
        request = attempt_hash(call.hash(), attempt)
        try:
            stored = await self._reuse(call, request) or await self._ask_once(call, request, payer)
        except UnreadableRecord as error:
            report_unreadable("answers", request, error.stored)
            return None
        bill = self._bill(call.deployment, stored.answer) if stored.payer == payer else Bill(reused=1)
        return GatewayAnswer(
            answer=stored.answer,
            bill=self.meter.add(request, bill) if self.meter else bill,
            request=request,
            from_other_run=_run_of(stored.payer) != _run_of(payer),
        )

    async def _ask_once(self, call: ModelCall, request: str, payer: str) -> StoredAnswer:
        if self.meter is not None:
            self.meter.check()
        if self.time is not None:
            self.time.check()
        async with self.single_flight.claim(request) as claim:
            stored = None if claim.is_first else await self._reuse(call, request)
            return stored or await self._ask_model(call, request, payer, claim)

    async def _reuse(self, call: ModelCall, request: str) -> StoredAnswer | None:
        """Return the stored answer to an attempt of `call`, and count it; None when there is none."""
        stored = await self._load_stored(request)
        if stored is not None:
            count_answer(call, "stored")
        return stored

    async def _load_stored(self, request: str) -> StoredAnswer | None:
        data = await self.blobs.read(self.container, answer_name(request))
        return load_stored(StoredAnswer, data) if data else None

    async def _ask_model(self, call: ModelCall, request: str, payer: str, claim: HeldClaim) -> StoredAnswer:
        note = PaidRequest(payer=payer, deployment=call.deployment)
        name = f"{paid_folder(payer)}/{request}"
        await self.blobs.write(self.container, name, dump_stored(note).encode(), "application/json")
        claim.asked = True
        try:
            answer = await ask_observed(self.models, call, request_id(request, claim.token), self.catalogue)
        except (Throttled, Blocked, Permanent):
            claim.asked = False  # refused, so not billed; storage that is busy, below, tells no such thing
            raise
        except Unavailable as error:
            tries = await self.single_flight.tries(request)
            if error.code != MODEL_TIMEOUT or tries < MAX_TIMEOUTS:
                raise
            raise Refused(MODEL_TIMEOUT, f"{error} It was asked {tries} times, and each call may cost.") from error
        stored = StoredAnswer(payer=payer, token=claim.token, answer=answer)
        await self.blobs.write(self.container, answer_name(request), dump_stored(stored).encode(), "application/json")
        return stored

    async def bill_of_run(self, document_id: str, number: int) -> Bill:
        """Return what a Run paid for answers that are stored: also those of steps that never wrote down their bill."""
        total = Bill()
        async for name in self.blobs.names(self.container, f"{PAID}/{document_id}/"):
            with contextlib.suppress(
                UnreadableRecord
            ):  # a damaged one hides a cost, and must not keep a Run from ending
                total = total.plus(await self._cost_of(name, f"{document_id}/{number}"))
        return total

    async def _cost_of(self, name: str, run: str) -> Bill:
        """Return what a Run paid for the request of a note; nothing when another Run paid, or there is no answer."""
        data = await self.blobs.read(self.container, name)
        note = load_stored(PaidRequest, data) if data else None  # empty: of an earlier version
        if note is None or _run_of(note.payer) != run:
            return Bill()
        stored = await self._load_stored(name.rsplit("/", 1)[-1])
        if stored is None or stored.payer != note.payer:
            return Bill()
        return self._bill(note.deployment, stored.answer)

    def _bill(self, deployment: str, answer: ModelAnswer) -> Bill:
        return Bill(calls=1, usage=answer.usage, cost_usd=self.catalogue.cost(deployment, answer.usage))


def attempt_hash(request: str, attempt: int) -> str:
    """Return the hash by which the answer to an attempt is kept: of the first, the hash of the request itself."""
    return request if attempt == 0 else hashlib.sha256(f"{request}/{attempt}".encode()).hexdigest()


def _run_of(payer: str) -> str:
    """Return the Document and the number of the Run that a payer names."""
    return "/".join(payer.split("/")[:2])


def request_id(request: str, token: str) -> str:
    """Return what a model server is told of a call: the request's hash and the try, as the ledger has them."""
    return f"{request}.{token}"


def answer_name(request: str) -> str:
    """Return the blob name of the stored answer to a request."""
    return f"{ANSWERS}/{request}.json"


def paid_folder(payer: str) -> str:
    """Where the names of the requests that a Document paid for are kept, so that their answers can be deleted."""
    return f"{PAID}/{payer.partition('/')[0]}"


def payer_of(run: Run, stage: Stage, task: str) -> str:
    """Return the name of a step, as the one that pays for a model request."""
    return f"{run.document_id}/{run.number}/{stage}/{task}"
