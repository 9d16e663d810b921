"""The one way to a model: every answer is stored under its request's hash before it is used, so none is paid twice."""

from dataclasses import dataclass

from shared.domain.catalogue import Catalogue
from shared.domain.errors import Throttled
from shared.domain.frozen import Frozen
from shared.domain.model_call import Bill, ModelAnswer, ModelCall
from shared.domain.run import Run
from shared.domain.task import Stage
from shared.ports.blobs import Blobs
from shared.ports.models import Models
from shared.stages.request_ledger import HeldClaim, RequestLedger

ANSWERS = "answers"
"""The folder of stored answers."""


class StoredAnswer(Frozen):
    """An answer as it is kept, with the step that paid for it and the try of the ledger that asked for it."""

    payer: str
    token: str = ""
    answer: ModelAnswer


class Answered(Frozen):
    """An answer and what it cost this Run (a stored answer costs nothing again)."""

    answer: ModelAnswer
    bill: Bill


@dataclass(frozen=True)
class Gateway:
    """Models behind a store of their answers, with the catalogue's prices."""

    models: Models
    blobs: Blobs
    container: str
    catalogue: Catalogue
    ledger: RequestLedger

    async def ask(self, call: ModelCall, payer: str) -> Answered:
        """Answer `call` from the store, or ask the model once and store what it says.

        `payer` names the step that asks. A step that finds its own answer died before its bill was written down, so
        it bills it now; anybody else reuses the answer for nothing. Raises what `Models.answer` raises (nothing is
        stored then), and BeingAsked while another step asks the same.
        """
        request = call.hash()
        kept = await self._stored(request)
        if kept is None:
            async with self.ledger.claim(request) as claim:
                kept = await self._stored(request) or await self._ask_model(call, request, payer, claim)
        bill = self._bill(call, kept.answer) if kept.payer == payer else Bill(reused=1)
        return Answered(answer=kept.answer, bill=bill)

    async def _stored(self, request: str) -> StoredAnswer | None:
        data = await self.blobs.read(self.container, answer_name(request))
        return StoredAnswer.model_validate_json(data) if data else None

    async def _ask_model(self, call: ModelCall, request: str, payer: str, claim: HeldClaim) -> StoredAnswer:
        await self.blobs.write(self.container, f"{paid_folder(payer)}/{request}", b"", "text/plain")
        claim.asked = True
        try:
            answer = await self.models.answer(call, request_id(request, claim.token))
        except Throttled:
            claim.asked = False  # refused for its rate, so not billed; storage that is busy, below, tells no such thing
            raise
        kept = StoredAnswer(payer=payer, token=claim.token, answer=answer)
        await self.blobs.write(
            self.container, answer_name(request), kept.model_dump_json().encode(), "application/json"
        )
        return kept

    def _bill(self, call: ModelCall, answer: ModelAnswer) -> Bill:
        cost = self.catalogue.cost(call.deployment, answer.usage)
        return Bill(calls=1, usage=answer.usage, cost_usd=cost)


def request_id(request: str, token: str) -> str:
    """What a model server is told of a call: the request's hash and the try, as the ledger has them."""
    return f"{request}.{token}"


def answer_name(request: str) -> str:
    """The blob name of the stored answer to a request."""
    return f"{ANSWERS}/{request}.json"


def paid_folder(payer: str) -> str:
    """Where the names of the requests that a Document paid for are kept, so that their answers can be deleted."""
    return f"paid/{payer.partition('/')[0]}"


def payer(run: Run, stage: Stage, task: str) -> str:
    """The name of a step, as the one that pays for a model request."""
    return f"{run.document_id}/{run.number}/{stage}/{task}"
